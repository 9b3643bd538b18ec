package io.mintmark.provisioning;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ca.Signer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1OctetString;

/**
 * A real installation in a folder of the test's, with a fleet {@code sensors} and a factory that
 * makes bootstrap certificates for it.
 */
final class TestInstallation implements AutoCloseable {

  static final FleetId SENSORS = new FleetId("sensors");
  static final String OPERATOR = "operator";

  /** Nothing in the environment, nobody at the console. */
  static final Secrets NO_SECRETS = new Secrets(Map.of(), question -> null);

  final MovableClock clock = new MovableClock();
  final HeldCertificate factory = HeldCertificate.builder()
      .commonName("Factory CA")
      .authority(1)
      .validity(
          clock.instant().minus(Duration.ofDays(1)), clock.instant().plus(Duration.ofDays(3650)))
      .build();
  final Path folder;
  private Provisioning provisioning;

  TestInstallation(Path folder) throws Exception {
    this.folder = folder;
    EmptyRegistry.putInto(folder);
    start();
    apply(yaml(SENSORS, factory));
  }

  void start() throws StartException {
    start(UnaryOperator.identity());
  }

  void start(UnaryOperator<Signer> signer) throws StartException {
    provisioning = Provisioning.open(config(), NO_SECRETS, signer);
  }

  void stop() {
    provisioning.close();
  }

  void restart() throws StartException {
    stop();
    start();
  }

  ProvisioningConfig config() {
    return config(folder, new TrustDomain("example.org"), List.of(), null, clock);
  }

  static ProvisioningConfig config(
      Path folder,
      TrustDomain trustDomain,
      List<String> hosts,
      Path passphraseFile,
      MovableClock clock) {
    return new ProvisioningConfig(
        folder,
        trustDomain,
        hosts,
        null,
        0,
        0,
        ProvisioningConfig.NO_PORT,
        passphraseFile,
        null,
        clock);
  }

  Provisioning get() {
    return provisioning;
  }

  static String yaml(FleetId fleet, HeldCertificate factory) {
    return """
        fleet: %s
        factory-cas:
          - "%s"
        certificate:
          lifetime: 7d
          backdate: 5m
        mqtt:
          publish: ["telemetry/${fleet}/${device}/#"]
          subscribe: ["commands/${fleet}/${device}/#"]
        """.formatted(fleet, factory.certificatePem().replace("\n", "\\n"));
  }

  void apply(String yaml) throws Refusal {
    provisioning.fleets().apply(yaml, OPERATOR);
  }

  /** Puts devices without a pin into the manifest of the fleet. */
  void manifest(String... devices) throws Refusal {
    provisioning
        .manifests()
        .load(SENSORS, "device\n" + String.join("\n", devices) + "\n", OPERATOR);
  }

  /** A bootstrap certificate of the factory. */
  HeldCertificate bootstrap(String device) {
    return HeldCertificate.builder()
        .commonName(device)
        .validity(
            clock.instant().minus(Duration.ofDays(1)), clock.instant().plus(Duration.ofDays(3650)))
        .signedBy(factory)
        .build();
  }

  /** Enrols with a new bootstrap certificate and a new key. */
  X509Certificate enroll(String device) throws Refusal {
    return enroll(device, CertificateRequest.newKeyPair());
  }

  X509Certificate enroll(String device, KeyPair keys) throws Refusal {
    return provisioning
        .enroller()
        .enroll(SENSORS, bootstrap(device).chain(), request(keys.getPublic()));
  }

  X509Certificate renew(X509Certificate current) throws Refusal {
    return renew(current, CertificateRequest.newKeyPair());
  }

  X509Certificate renew(X509Certificate current, KeyPair keys) throws Refusal {
    return provisioning
        .renewer()
        .renew(SENSORS, List.of(current), renewal(current, keys.getPublic()));
  }

  /** A request without names. */
  static SigningRequest request(PublicKey key) {
    return new SigningRequest(key, new byte[] {0x30, 0x00}, null);
  }

  /** A request with the names of a certificate. */
  static SigningRequest renewal(X509Certificate current, PublicKey key) {
    return new SigningRequest(
        key,
        current.getSubjectX500Principal().getEncoded(),
        ASN1OctetString.getInstance(current.getExtensionValue("2.5.29.17")).getOctets());
  }

  DeviceViews.DeviceView device(String id) throws Refusal {
    return provisioning.devices().find(new DeviceId(id));
  }

  List<CertificateState> states(String device) throws Refusal {
    return device(device).certificates().stream()
        .map(DeviceViews.CertificateView::state)
        .toList();
  }

  /** The actions of the audit log in order. */
  List<String> audited() {
    return provisioning.audit().after(0, 1000).stream()
        .map(row -> row.action() + " " + row.subject())
        .toList();
  }

  @Override
  public void close() {
    provisioning.close();
  }
}
