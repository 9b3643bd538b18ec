package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The commands the documents on enrolment print, run by a shell in a folder like the reader's. Only
 * the service's address is another than 8443, which may be taken. The service is a process of its
 * own, with the crypto provider the launcher gives it.
 */
class PrintedCommandsIT {

  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static final String ENROLL = "provisioning/factory/enroll.sh";

  @TempDir
  static Path folder;

  private static Running service;

  @BeforeAll
  static void start() throws IOException {
    ForeignPrograms.require("curl", "openssl");
    Path data = Files.createDirectory(folder.resolve("mintmark-data"));
    Files.writeString(
        data.resolve("service.yaml"), block("docs/est.md", "Operations", YAML, "default-fleet"));
    Path launcher = Files.writeString(
        folder.resolve("mintmark"),
        "#!/bin/sh\nexec '" + Launcher.ROOT.resolve("mintmark") + "' \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve(ENROLL).getParent());
    Files.copy(Launcher.ROOT.resolve(ENROLL), folder.resolve(ENROLL));
    service = Running.provisioning(data, "0");
    Verbs.mintmark(
            "factory",
            "--out",
            folder.resolve("factory").toString(),
            "--fleet",
            "sensors",
            "--devices",
            "3")
        .succeeded();
    Path fleet = folder.resolve("factory/fleet.yaml");
    Files.writeString(
        fleet,
        Files.readString(fleet)
            .replaceFirst("(?m)^enrolment:.*(\n .*)*\n", "")
            .concat(block("docs/est.md", "Operations", YAML, "server-keygen")));
    service.takeIn("sensors", fleet, folder.resolve("factory/manifest.csv"));
    shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        + " -subj /CN=keys -keyout keys-ca-key.pem -out keys-ca.pem");
    Path keys = Files.writeString(
        folder.resolve("keys.yaml"),
        "fleet: keys\nfactory-cas: [keys-ca.pem]\nenrolment: {mode: open}\n");
    service.mintmark("fleet", "apply", "-f", keys.toString()).succeeded();
  }

  @AfterAll
  static void stop() throws IOException {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void everyOperation() throws Exception {
    run(blocks("docs/est.md", "Operations", SHELL));
    assertThat(certificates("cacerts.pem")).hasSizeGreaterThan(1);
    assertThat(identity("cert.pem")).isEqualTo(identity("next-cert.pem")).endsWith("/device-0001");
    assertThat(identity("made-cert.pem")).endsWith("/device-0002");
    assertThat(shell("openssl pkey -in made-key.pem -pubout"))
        .isEqualTo(shell("openssl x509 -in made-cert.pem -noout -pubkey"));
  }

  @Test
  void claims() throws Exception {
    Files.writeString(
        folder.resolve("lamps.yaml"), block("docs/est.md", "Modes", YAML, "fleet: lamps"));
    service
        .mintmark("fleet", "apply", "-f", folder.resolve("lamps.yaml").toString())
        .succeeded();
    Path manifest = Files.writeString(folder.resolve("lamps.csv"), "device\nlamp-0042\n");
    service
        .mintmark("manifest", "import", "--fleet", "lamps", manifest.toString())
        .succeeded();
    String said = run(List.of(block("docs/est.md", "Modes", SHELL, "claim create")));
    assertThat(said).contains("enrolled device lamp-0042 of fleet lamps");
    assertThat(identity("device/credential.pem")).endsWith("/lamp-0042");
    assertThat(service.mintmark("claim", "list", "--fleet", "lamps").out())
        .contains("revoked", "5000");
  }

  @Test
  void byHandWithoutJava() throws Exception {
    Path device = folder.resolve("factory/devices/device-0003");
    String both =
        Files.readString(device.resolve("cert.pem")) + Files.readString(device.resolve("key.pem"));
    Files.writeString(folder.resolve("bootstrap.pem"), both);
    Files.copy(folder.resolve("mintmark-data/trust.pem"), folder.resolve("trust.pem"));
    run(List.of(block("docs/enrol-without-java.md", "The same by hand", SHELL, "simpleenroll")
        .replace("device-0001", "device-0003")));
    assertThat(identity("certificate.pem")).endsWith("/device-0003");
  }

  @Test
  void backups() throws Exception {
    run(List.of(
        block("docs/trust.md", "Backup and restore", SHELL, "mintmark backup"),
        block("docs/trust.md", "Backup and restore", SHELL, "mintmark restore")));
    assertThat(folder.resolve("keys.zip")).isNotEmptyFile();
    assertThat(folder.resolve("restored/registry.db")).isNotEmptyFile();
  }

  /** With Amazon's provider in front of the JDK's where the launcher has it. */
  @ParameterizedTest
  @CsvSource({
    "ec-p256,EC -pkeyopt ec_paramgen_curve:P-256",
    "ec-p384,EC -pkeyopt ec_paramgen_curve:P-384",
    "ec-p521,EC -pkeyopt ec_paramgen_curve:P-521",
    "rsa-2048,RSA -pkeyopt rsa_keygen_bits:2048",
    "rsa-3072,RSA -pkeyopt rsa_keygen_bits:3072",
    "rsa-4096,RSA -pkeyopt rsa_keygen_bits:4096",
    "ed25519,ED25519"
  })
  void keysOfEveryTypeInBootstrapCertificatesAndRequests(String type, String options)
      throws Exception {
    assertThat(service.log()).contains("crypto provider   AmazonCorrettoCryptoProvider");
    run(List.of("""
        openssl genpkey -algorithm OPTIONS -out boot-key.pem
        openssl req -new -key boot-key.pem -subj /CN=k-TYPE -out boot.csr
        openssl x509 -req -in boot.csr -CA keys-ca.pem -CAkey keys-ca-key.pem -set_serial 7 \\
          -days 2 -out boot.pem
        openssl genpkey -algorithm OPTIONS -out TYPE.key
        openssl req -new -key TYPE.key -subj /CN=k-TYPE -out TYPE.csr
        est=https://localhost:8443/.well-known/est/keys
        curl --fail --cacert mintmark-data/trust.pem --cert boot.pem --key boot-key.pem \\
          -H 'Content-Type: application/pkcs10' --data-binary @TYPE.csr $est/simpleenroll |
          openssl base64 -d | openssl pkcs7 -inform DER -print_certs -out TYPE.pem
        name=$(openssl x509 -in TYPE.pem -noout -ext subjectAltName | tail -n 1 | tr -d ' ')
        openssl req -new -key boot-key.pem -subj /CN=k-TYPE -addext "subjectAltName=$name" \\
          -out next.csr
        curl --fail --tls-max 1.2 --cacert mintmark-data/trust.pem --cert TYPE.pem \\
          --key TYPE.key -H 'Content-Type: application/pkcs10' --data-binary @next.csr \\
          $est/simplereenroll |
          openssl base64 -d | openssl pkcs7 -inform DER -print_certs -out TYPE-next.pem
        """.replace("OPTIONS", options).replace("TYPE", type)));
    assertThat(identity(type + "-next.pem")).isEqualTo(identity(type + ".pem"));
    assertThat(shell("openssl x509 -in " + type + ".pem -noout -pubkey"))
        .isEqualTo(shell("openssl pkey -in " + type + ".key -pubout"));
  }

  private static List<String> blocks(String document, String section, Pattern kind)
      throws IOException {
    Matcher matcher = kind.matcher(DocumentSection.of(Launcher.ROOT.resolve(document), section));
    List<String> found = matcher.results().map(block -> block.group(1)).toList();
    assertThat(found).as(section).isNotEmpty();
    return found;
  }

  private static String block(String document, String section, Pattern kind, String with)
      throws IOException {
    Stream<String> fitting =
        blocks(document, section, kind).stream().filter(text -> text.contains(with));
    return fitting.findFirst().orElseThrow();
  }

  /** One shell for all of them, which stops at the first that fails. */
  private static String run(List<String> blocks) throws IOException {
    String address = service.service().toString();
    return shell(String.join("", blocks)
        .replace("https://localhost:8443", address)
        .replace("enroll.sh --", "enroll.sh --url " + address + " --"));
  }

  private static String shell(String commands) {
    Launcher.Result result = Launcher.run(
        Map.of(), List.of("bash", "-eo", "pipefail", "-c", "cd '" + folder + "'\n" + commands));
    result.succeeded();
    return result.out();
  }

  private static List<X509Certificate> certificates(String file) throws IOException {
    return Pem.certificates(Files.readString(folder.resolve(file)));
  }

  private static String identity(String file) throws IOException {
    return Identity.of(certificates(file).get(0)).spiffeId();
  }
}
