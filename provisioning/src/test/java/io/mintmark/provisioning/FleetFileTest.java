package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetFileTest {

  @TempDir
  Path folder;

  private final HeldCertificate first =
      HeldCertificate.builder().commonName("First").authority(0).build();
  private final HeldCertificate second =
      HeldCertificate.builder().commonName("Second").authority(0).build();

  @BeforeEach
  void factoryFiles() throws Exception {
    Files.createDirectory(folder.resolve("cas"));
    Files.writeString(folder.resolve("first.pem"), first.certificatePem());
    // Somebody put the key into the same file.
    Files.writeString(
        folder.resolve("cas/second.pem"),
        Pem.encode(second.keys().getPrivate()) + second.certificatePem());
  }

  private Path yaml(String text) throws IOException {
    return Files.writeString(folder.resolve("fleet.yaml"), text);
  }

  @Test
  void putsTheFilesInAndLeavesTheRestAsItStands() throws Exception {
    String text = """
        # Zähler im Werk \uD83C\uDFED
        fleet: sensors
        factory-cas:
          - first.pem   # the old line
          - 'cas/second.pem'
        mqtt:
          publish: ["telemetry/${device}"]
        """;

    String inlined = FleetFile.inline(yaml(text));

    assertThat(inlined.lines().count()).isEqualTo(text.lines().count());
    assertThat(inlined)
        .startsWith("# Zähler im Werk \uD83C\uDFED\nfleet: sensors\nfactory-cas:\n  - \"-----BEGIN")
        .contains("\"   # the old line\n")
        .endsWith("mqtt:\n  publish: [\"telemetry/${device}\"]\n")
        .doesNotContain("PRIVATE KEY");
    Fleet fleet = new FleetYaml(new TrustDomain("example.org"), Instant.now()).read(inlined);
    assertThat(fleet.factoryCas()).containsExactly(first.certificate(), second.certificate());
  }

  @Test
  void putsFilesOfEveryKindInWhateverTheirOrder() throws Exception {
    Instant now = Instant.now();
    X509CRL crl = second.crl(now.minusSeconds(60), now.plusSeconds(600));
    Files.write(folder.resolve("factory.crl"), crl.getEncoded());

    String inlined = FleetFile.inline(yaml("""
        fleet: sensors
        enrolment:
          mode: approval
          webhook: {trust: first.pem, url: "https://approvals.example.org/"}
        factory-crl: factory.crl
        factory-cas: [first.pem, cas/second.pem]
        """));

    Fleet fleet = new FleetYaml(new TrustDomain("example.org"), now).read(inlined);
    assertThat(fleet.enrolment().webhook().trust()).containsExactly(first.certificate());
    assertThat(fleet.factoryCrls()).containsExactly(crl);
    assertThat(fleet.factoryCas()).containsExactly(first.certificate(), second.certificate());
  }

  @Test
  void leavesInlinePemAlone() throws Exception {
    String text = "fleet: sensors\nfactory-cas:\n  - |\n"
        + first.certificatePem().indent(4)
        + "  - [cas]\n".replace("[cas]", "cas/second.pem");

    Fleet fleet = new FleetYaml(new TrustDomain("example.org"), Instant.now())
        .read(FleetFile.inline(yaml(text)));

    assertThat(fleet.factoryCas()).containsExactly(first.certificate(), second.certificate());
  }

  @Test
  void namesTheFileThatIsMissing() {
    assertThatThrownBy(() -> FleetFile.inline(yaml("fleet: sensors\nfactory-cas: [third.pem]\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot read " + folder.resolve("third.pem"))
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> FleetFile.inline(folder.resolve("none.yaml")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.yaml");
  }

  @Test
  void namesTheFileThatHoldsNoCertificate() throws Exception {
    Files.writeString(folder.resolve("empty.pem"), "nothing");

    assertRefused(
        INVALID,
        "empty.pem cannot be used: no CERTIFICATE block found",
        () -> FleetFile.inline(yaml("fleet: sensors\nfactory-cas: [empty.pem]\n")));
  }

  @Test
  void namesTheFileThatIsNotAFleet() {
    assertRefused(
        INVALID,
        "fleet.yaml, line 1: unknown key 'flet'",
        () -> FleetFile.inline(yaml("flet: x\n")));
  }
}
