package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verifiers of others make of our CRLs and OCSP: OpenSSL, GnuTLS, nginx. */
class StatusForeignIT {

  private static final Path DOCUMENT = Path.of("..", "docs", "trust.md");

  @TempDir
  private static Path folder;

  private static RunningService running;
  private static Shell shell;
  private static String status;

  @BeforeAll
  static void start() throws Exception {
    ForeignPrograms.require("curl", "openssl", "ocsptool", "certtool", "nginx");
    int port = FreePort.find();
    status = "http://localhost:" + port;
    running = RunningService.withStatus(
        folder.resolve("mintmark-data"), status, port, "good", "gone", "held");
    shell = new Shell(folder);
    status =
        running.service().statusUri().orElseThrow().toString().replace("localhost", "127.0.0.1");
    for (String device : List.of("good", "gone", "held")) {
      enroll(device);
    }
    Files.writeString(folder.resolve("trust.pem"), Pem.encode(running.service().trustAnchors()));
    running.operate(
        "POST",
        "/api/v1/devices/gone/revoke",
        "application/json",
        "{\"reason\": \"keyCompromise\"}");
    running.post("/api/v1/devices/held/suspend");
    // By the addresses in the certificates, as a verifier finds them.
    fetch(aia("good.pem", "CA Issuers"), "issuing.der");
    shell.run("openssl", "x509", "-inform", "DER", "-in", "issuing.der", "-out", "issuing.pem");
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
      crl("good.pem", "issuing-crl.pem");
      return shell
              .run("openssl", "crl", "-in", "issuing-crl.pem", "-noout", "-text")
              .split("Serial Number:", -1)
              .length
          == 3;
    });
    fetch(status + "/crl/" + rootId() + ".crl", "root.crl");
    shell.run("openssl", "crl", "-inform", "DER", "-in", "root.crl", "-out", "root-crl.pem");
    Files.writeString(
        folder.resolve("crls.pem"),
        Files.readString(folder.resolve("issuing-crl.pem"))
            + Files.readString(folder.resolve("root-crl.pem")));
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      running.close();
    }
  }

  private static void enroll(String device) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = running.est(running.bootstrap(device).credential());
    List<X509Certificate> chain =
        est.chain(keys.getPublic(), est.simpleEnroll(CertificateRequest.create(keys, device)));
    Files.writeString(
        folder.resolve(device + ".pem"), new Credential(keys.getPrivate(), chain).toPem());
  }

  private static String aia(String certificate, String method) throws Exception {
    String text =
        shell.run("openssl", "x509", "-in", certificate, "-noout", "-ext", "authorityInfoAccess");
    return text.lines()
        .filter(line -> line.contains(method + " - URI:"))
        .map(line -> line.substring(line.indexOf("http")).strip())
        .findFirst()
        .orElseThrow();
  }

  private static void crl(String certificate, String pem) throws Exception {
    String text =
        shell.run("openssl", "x509", "-in", certificate, "-noout", "-ext", "crlDistributionPoints");
    fetch(text.substring(text.indexOf("http")).lines().findFirst().orElseThrow(), "crl.der");
    shell.run("openssl", "crl", "-inform", "DER", "-in", "crl.der", "-out", pem);
  }

  private static void fetch(String url, String file) throws Exception {
    shell.run("curl", "-sS", "--fail", "-o", file, url);
  }

  private static String rootId() throws Exception {
    X509Certificate root = running.service().trustAnchors().get(0);
    byte[] extension = root.getExtensionValue("2.5.29.14");
    return HexFormat.of().formatHex(extension, 4, extension.length);
  }

  /** What a program says that may fail: standard output and error. */
  private static String say(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of("sh", "-c", "\"$@\" 2>&1; true", "sh"));
    all.addAll(List.of(command));
    return shell.run(all.toArray(new String[0]));
  }

  private static String verify(String certificate) throws Exception {
    return say(
        "openssl",
        "verify",
        "-crl_check_all",
        "-CAfile",
        "trust.pem",
        "-untrusted",
        "issuing.pem",
        "-CRLfile",
        "crls.pem",
        certificate);
  }

  @Test
  void opensslFollowsTheCrls() throws Exception {
    assertThat(verify("good.pem")).contains("good.pem: OK");
    assertThat(verify("gone.pem")).contains("certificate revoked");
    assertThat(verify("held.pem")).contains("certificate revoked");
  }

  private static String ocsp(String certificate, String... more) throws Exception {
    List<String> command = new ArrayList<>(
        List.of("openssl", "ocsp", "-CAfile", "trust.pem", "-issuer", "issuing.pem"));
    command.addAll(List.of(more));
    command.addAll(List.of("-cert", certificate));
    return say(command.toArray(new String[0]));
  }

  @Test
  void opensslBelievesOcsp() throws Exception {
    for (String digest : List.of("-sha1", "-sha256")) {
      for (String nonce : List.of("-nonce", "-no_nonce")) {
        String good = ocsp("good.pem", "-url", status + "/ocsp", digest, nonce);
        assertThat(good)
            .as(digest + " " + nonce)
            .contains("Response verify OK", "good.pem: good", "Next Update")
            .doesNotContain("WARNING");
        assertThat(ocsp("gone.pem", "-url", status + "/ocsp", digest, nonce))
            .contains(
                "Response verify OK", "gone.pem: revoked", "keyCompromise", "Revocation Time");
      }
    }
    assertThat(ocsp("held.pem", "-url", status + "/ocsp")).contains("revoked", "certificateHold");
    assertThat(say(
            "openssl",
            "ocsp",
            "-CAfile",
            "trust.pem",
            "-issuer",
            "issuing.pem",
            "-url",
            status + "/ocsp",
            "-serial",
            "0x1234"))
        .contains("Response verify OK", "0x1234: unknown");
    // Of another's certificates we say nothing.
    assertThat(say(
            "openssl",
            "ocsp",
            "-CAfile",
            "trust.pem",
            "-issuer",
            "trust.pem",
            "-url",
            status + "/ocsp",
            "-cert",
            "issuing.pem"))
        .contains("unauthorized");
  }

  /** As caches like it: openssl makes the request and judges the answer, curl carries both. */
  @Test
  void opensslBelievesOcspByGet() throws Exception {
    ocsp("good.pem", "-no_nonce", "-reqout", "request.der");
    String base64 =
        Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("request.der")));
    String escaped = base64.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    fetch(aia("good.pem", "OCSP") + "/" + escaped, "response.der");
    assertThat(ocsp("good.pem", "-respin", "response.der"))
        .contains("Response verify OK", "good.pem: good");
  }

  @Test
  void gnutlsBelievesOcsp() throws Exception {
    for (String nonce : List.of("--nonce", "--no-nonce")) {
      assertThat(ask("good.pem", nonce))
          .as(nonce)
          .contains("Verifying OCSP Response: Success", "Certificate Status: good");
    }
    assertThat(ask("gone.pem", "--nonce"))
        .contains("Verifying OCSP Response: Success", "Certificate Status: revoked");
  }

  private static String ask(String certificate, String nonce) throws Exception {
    return say(
        "ocsptool",
        "--ask=" + status + "/ocsp",
        nonce,
        "--load-cert=" + certificate,
        "--load-issuer=issuing.pem",
        "--verbose");
  }

  @Test
  void gnutlsFollowsTheCrls() throws Exception {
    for (String[] pair :
        new String[][] {{"issuing-crl.pem", "issuing.pem"}, {"root-crl.pem", "trust.pem"}}) {
      assertThat(say(
              "certtool", "--verify-crl", "--infile", pair[0], "--load-ca-certificate", pair[1]))
          .contains("Verification output: Verified");
    }
    for (String device : List.of("good", "gone", "held")) {
      Files.writeString(
          folder.resolve("chain.pem"),
          Files.readString(folder.resolve(device + ".pem"))
              .replaceAll("(?s)-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n", ""));
      assertThat(say(
              "certtool",
              "--verify",
              "--infile",
              "chain.pem",
              "--load-ca-certificate",
              "trust.pem",
              "--load-crl",
              "crls.pem"))
          .as(device)
          .contains(device.equals("good") ? "The certificate is trusted" : "revoked");
    }
  }

  @Test
  void nginxServesAPageToAnEnrolledDeviceAndNotToARevokedOne() throws Exception {
    int port = FreePort.find();
    String server = blocks("nginx").get(0).replace("8444", "127.0.0.1:" + port);
    Files.writeString(folder.resolve("nginx.conf"), """
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events {}
        http {
          access_log off;
          client_body_temp_path tmp;
          proxy_temp_path tmp;
          fastcgi_temp_path tmp;
          uwsgi_temp_path tmp;
          scgi_temp_path tmp;
          %s
        }
        """.formatted(server));
    HeldCertificate own =
        HeldCertificate.builder().commonName("localhost").ip("127.0.0.1").build();
    Files.writeString(folder.resolve("server.pem"), own.credential().toPem());
    Files.writeString(folder.resolve("server-ca.pem"), own.certificatePem());
    Process nginx = new ProcessBuilder("nginx", "-p", folder + "/", "-c", "nginx.conf")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("nginx.log").toFile())
        .start();
    try {
      Callable<String> page = () -> page(port, "good");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !page.call().contains("Failed to connect"));
      assertThat(page(port, "good")).isEqualTo("hello CN=good\n");
      assertThat(page(port, "gone")).contains("400 Bad Request", "SSL certificate error");
      assertThat(page(port, "held")).contains("400 Bad Request", "SSL certificate error");
    } finally {
      nginx.destroy();
      nginx.waitFor();
    }
  }

  private static String page(int port, String device) throws Exception {
    return say(
        "curl",
        "-sS",
        "--cacert",
        "server-ca.pem",
        "--cert",
        device + ".pem",
        "--key",
        device + ".pem",
        "https://127.0.0.1:" + port + "/");
  }

  /** docs/trust.md, as it is printed. */
  @Test
  void theDocumentsCommandsWork() throws Exception {
    Files.createDirectories(folder.resolve("device"));
    Files.copy(folder.resolve("good.pem"), folder.resolve("device/credential.pem"));
    for (String commands : blocks("sh")) {
      String said =
          say("bash", "-exc", commands.replace("http://localhost:8480", status) + "\necho all run");
      assertThat(said)
          .endsWith("all run\n")
          .containsAnyOf("device/credential.pem: OK", "device/credential.pem: good");
    }
  }

  private static List<String> blocks(String language) throws Exception {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(DocumentSection.of(DOCUMENT, "Which certificates are good"))
        .results()
        .map(block -> block.group(1))
        .toList();
  }
}
