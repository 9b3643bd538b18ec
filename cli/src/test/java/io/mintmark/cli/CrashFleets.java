package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/**
 * What the devices of a crash test enrol with: a fleet of listed ones with a bootstrap certificate
 * each, and one whose devices share claims that are good for a few of them. Thread-safe.
 */
final class CrashFleets {

  static final int USES_OF_A_CLAIM = 6;

  private static final FleetId LISTED = new FleetId("listed");
  private static final FleetId CLAIMED = new FleetId("claimed");

  private final HeldCertificate factory =
      HeldCertificate.builder().commonName("factory").authority(1).build();
  private final KeyPair bootstrapKeys = CertificateRequest.newKeyPair();
  private final List<SSLContext> claims = new ArrayList<>();
  private final AtomicInteger listed = new AtomicInteger();
  private final AtomicInteger claimed = new AtomicInteger();
  private final AtomicInteger openClaim = new AtomicInteger();
  private final int devices;
  private final URI service;
  private final List<X509Certificate> trust;

  private CrashFleets(int devices, URI service, List<X509Certificate> trust) {
    this.devices = devices;
    this.service = service;
    this.trust = trust;
  }

  /** Tells a running service of both fleets. */
  static CrashFleets define(CrashService service, int devices, int claims) throws IOException {
    Path data = service.data();
    CrashFleets fleets = new CrashFleets(
        devices,
        service.deviceUri(),
        Pem.certificates(Files.readString(data.resolve("trust.pem"))));
    fleets.defineListed(data);
    fleets.defineClaimed(data, claims);
    return fleets;
  }

  private void defineListed(Path data) throws IOException {
    Path folder = data.getParent();
    Files.writeString(folder.resolve("factory-ca.pem"), factory.certificatePem());
    Path yaml = Files.writeString(
        folder.resolve("listed.yaml"), "fleet: " + LISTED + "\nfactory-cas: [factory-ca.pem]\n");
    operate(data, "fleet", "apply", "-f", yaml.toString());
    Path manifest = Files.writeString(
        folder.resolve("manifest.csv"),
        IntStream.range(0, devices)
            .mapToObj(CrashFleets::listedName)
            .collect(Collectors.joining("\n", "device\n", "\n")));
    operate(data, "manifest", "import", "--fleet", LISTED.value(), manifest.toString());
  }

  private void defineClaimed(Path data, int count) throws IOException {
    Path folder = data.getParent();
    Path yaml = Files.writeString(
        folder.resolve("claimed.yaml"), "fleet: " + CLAIMED + "\nenrolment: {mode: claim}\n");
    operate(data, "fleet", "apply", "-f", yaml.toString());
    for (int i = 0; i < count; i++) {
      HeldCertificate shared =
          HeldCertificate.builder().commonName("claim " + i).build();
      Path file = Files.writeString(folder.resolve("claim.pem"), shared.certificatePem());
      operate(
          data,
          "claim",
          "create",
          "--fleet",
          CLAIMED.value(),
          "--certificate",
          file.toString(),
          "--uses",
          Integer.toString(USES_OF_A_CLAIM),
          "--for",
          "1d",
          "--any-device");
      claims.add(shared.credential().tlsContext(trust));
    }
  }

  private static void operate(Path data, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    Launcher.Result result = Verbs.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isZero();
  }

  private static String listedName(int number) {
    return "listed-" + number;
  }

  /** The first enrolment of a device of the manifest; empty when all of them had theirs. */
  Optional<CrashRequest> enrolment() {
    int number = listed.getAndIncrement();
    return number < devices ? Optional.of(enrolment(listedName(number))) : Optional.empty();
  }

  /** An enrolment of this device of the manifest, with a new key. */
  CrashRequest enrolment(String device) {
    HeldCertificate bootstrap = HeldCertificate.builder()
        .commonName(device)
        .keys(bootstrapKeys)
        .signedBy(factory)
        .build();
    return request(
        CrashRequest.Kind.ENROL, device, LISTED, bootstrap.credential().tlsContext(trust));
  }

  /** An enrolment by the claim that has uses left, as far as is known; empty when none has. */
  Optional<CrashRequest> claimedEnrolment() {
    int claim = openClaim.get();
    if (claim >= claims.size()) {
      return Optional.empty();
    }
    String device = "claim-" + claim + "-device-" + claimed.getAndIncrement();
    return Optional.of(request(CrashRequest.Kind.CLAIM, device, CLAIMED, claims.get(claim)));
  }

  /** The claim of this request is spent: on with the next. */
  void spent(CrashRequest request) {
    int claim = claims.indexOf(request.tls());
    openClaim.compareAndSet(claim, claim + 1);
  }

  private CrashRequest request(
      CrashRequest.Kind kind, String device, FleetId fleet, SSLContext tls) {
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] csr = CertificateRequest.create(keys, device);
    return new CrashRequest(kind, device, EstClient.label(service, fleet), tls, keys, csr);
  }

  /** A renewal of what a device was given, with a new key. */
  CrashRequest renewal(CrashRequest before, X509Certificate current) {
    Credential shown = before.credential(current);
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] csr = CertificateRequest.renew(keys, current);
    return new CrashRequest(
        CrashRequest.Kind.RENEW,
        before.device(),
        before.base(),
        shown.tlsContext(trust),
        keys,
        csr);
  }
}
