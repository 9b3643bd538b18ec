package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceProfileTest {

  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private void profile(String lines) throws Refusal {
    installation.apply("fleet: sensors\nfactory-cas:\n  - |\n"
        + installation.factory.certificatePem().indent(4)
        + "certificate:\n"
        + lines.indent(2));
  }

  private static List<Object> names(X509Certificate certificate) throws Exception {
    return certificate.getSubjectAlternativeNames().stream()
        .<Object>map(name -> name.get(0) + " " + name.get(1))
        .toList();
  }

  @Test
  void decidesEverythingThatIsNotTheDevicesOwn() throws Exception {
    profile("""
        lifetime: 36h
        backdate: 90s
        extended-key-usage: [server-auth, client-auth]
        dns-names: ["${device}.${fleet}.example.org", "${device}-local.example.org"]
        """);
    Instant now = installation.clock.instant();

    X509Certificate certificate = installation.enroll("d-1");

    assertThat(certificate.getNotBefore().toInstant()).isEqualTo(now.minusSeconds(90));
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofHours(36)));
    assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTH, CLIENT_AUTH);
    assertThat(names(certificate))
        .containsExactly(
            "6 spiffe://example.org/fleet/sensors/device/d-1",
            "2 d-1-local.example.org",
            "2 d-1.sensors.example.org");
    assertThat(names(installation.renew(certificate))).isEqualTo(names(certificate));
  }

  @Test
  void livesTenSecondsOrDecadesButNeverPastTheIssuer() throws Exception {
    profile("lifetime: 10s");
    X509Certificate shortest = installation.enroll("d-1");
    assertThat(shortest.getNotAfter().toInstant())
        .isEqualTo(installation.clock.instant().plusSeconds(10));
    profile("lifetime: 99999d");
    X509Certificate longest = installation.enroll("d-1");
    assertThat(longest.getNotAfter())
        .isEqualTo(installation.get().authority().issuing().getNotAfter());
  }

  @Test
  void renewsToTheProfileOfNow() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate before = installation.enroll("d-1");
    X509Certificate same = installation.renew(before, keys);
    profile("""
        lifetime: 1d
        extended-key-usage: [client-auth, server-auth]
        """);

    // The same key again, but what was made for it is not what the profile asks for any more.
    X509Certificate next = installation.renew(before, keys);
    assertThat(next).isNotEqualTo(same);
    assertThat(next.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH, SERVER_AUTH);
    profile("dns-names: [\"${device}.example.org\"]");
    X509Certificate named = installation.renew(next);
    assertThat(names(named)).contains("2 d-1.example.org");
    profile("lifetime: 1d");
    // The request repeats the current names, the DNS name too; the new certificate has it no more.
    assertThat(names(installation.renew(named)))
        .containsExactly("6 spiffe://example.org/fleet/sensors/device/d-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"D-1", "d_1", "d.1", "-d", "d-"})
  void refusesADeviceWhoseIdMakesNoDnsName(String id) throws Exception {
    profile("dns-names: [\"${device}.example.org\"]");
    installation.manifest(id);

    assertRefused(
        FORBIDDEN,
        "device id '" + id + "' makes no DNS name in '${device}.example.org'",
        () -> installation.enroll(id));
    installation.enroll("d-1");
  }

  @Test
  void refusesDnsNamesThatDevicesThereAreCouldNotRenewWith() throws Exception {
    installation.manifest("D-2", "d_3", "D-4");
    installation.get().revoker().revoke(new DeviceId("D-4"), null, TestInstallation.OPERATOR);
    Refusal refusal = assertRefused(
        INVALID,
        "dns-names cannot be made for every device of fleet 'sensors'",
        () -> profile("dns-names: [\"${device}.example.org\"]"));
    assertThat(refusal.details()).hasSize(2).first().asString().contains("device id 'D-2' makes");
  }

  @Test
  void refusesAnIdThatIsTooLongForALabel() throws Exception {
    String id = "d".repeat(64);
    profile("dns-names: [\"${device}.example.org\"]");
    installation.manifest(id);

    assertRefused(FORBIDDEN, "makes no DNS name", () -> installation.enroll(id));
  }

  @Test
  void certifiesTheKeyTypesOfTheProfileAlone() throws Exception {
    profile("key-types: [ed25519, ec-p384, rsa-3072]");

    assertRefused(
        INVALID,
        "the request's key, ec-p256, is of a type this fleet does not certify: use one of"
            + " [ec-p384, rsa-3072, ed25519]",
        () -> installation.enroll("d-1"));
    assertRefused(
        INVALID, "key, rsa-2048,", () -> installation.enroll("d-1", TestKeys.of("rsa-2048")));
    assertRefused(
        INVALID,
        "key, RSA of 2560 bits,",
        () -> installation.enroll("d-1", TestKeys.of("rsa-2560")));
    X509Certificate enrolled = installation.enroll("d-1", TestKeys.of("ec-p384"));
    assertRefused(INVALID, "key, ec-p256,", () -> installation.renew(enrolled));
    installation.renew(enrolled, TestKeys.of("ed25519"));
  }

  @Test
  void isKeptAndShown() throws Exception {
    profile("""
        key-types: [rsa-3072, ec-p256]
        extended-key-usage: [server-auth, client-auth]
        dns-names: ["${device}.example.org"]
        renewal-window: {start: 30%, end: 40%}
        expired-grace: 3d
        """);

    FleetViews.FleetView view = installation.get().fleetViews().find(SENSORS);
    assertThat(view.keyTypes()).containsExactly("ec-p256", "rsa-3072");
    assertThat(view.extendedKeyUsage()).containsExactly("server-auth", "client-auth");
    assertThat(view.dnsNames()).containsExactly("${device}.example.org");
    assertThat(view.renewalWindow()).isEqualTo("30% to 40%");
    assertThat(view.expiredGrace()).isEqualTo("3d");
  }
}
