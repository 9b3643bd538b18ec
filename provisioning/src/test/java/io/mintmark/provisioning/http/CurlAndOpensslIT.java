package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.ForeignPrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EST as a factory line's shell script does it: with curl and openssl, no Java. */
class CurlAndOpensslIT {

  @TempDir
  private static Path folder;

  private static RunningService running;
  private static Shell shell;
  private static String est;

  @BeforeAll
  static void start() throws Exception {
    ForeignPrograms.require("curl", "openssl");
    running = RunningService.of(folder.resolve("data"), "d-1", "d-rsa", "d-pss", "d-made");
    running.applyEnrolment("sensors", "{mode: manifest, server-keygen: true}");
    shell = new Shell(folder);
    est = running.service().deviceUri() + "/.well-known/est/sensors/";
    Files.writeString(folder.resolve("root.pem"), Pem.encode(running.service().trustAnchors()));
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      running.close();
    }
  }

  private static String curl(String... options) throws Exception {
    String[] command = new String[options.length + 6];
    String[] always = {"curl", "-sS", "--cacert", "root.pem", "--max-time", "30"};
    System.arraycopy(always, 0, command, 0, always.length);
    System.arraycopy(options, 0, command, always.length, options.length);
    return shell.run(command);
  }

  /** base64 off, then openssl pkcs7 -print_certs: to a PEM file. */
  private static X509Certificate certificates(String answer, String pem) throws Exception {
    Files.writeString(folder.resolve("answer.b64"), answer);
    shell.run("openssl", "base64", "-d", "-in", "answer.b64", "-out", "answer.p7");
    shell.run(
        "openssl", "pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs", "-out", pem);
    return Pem.certificates(Files.readString(folder.resolve(pem))).get(0);
  }

  @Test
  void enrolsAndRenewsADevice() throws Exception {
    bootstrap("d-1");
    certificates(curl("--fail", est + "cacerts"), "cacerts.pem");
    shell.run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "key.pem",
        "-subj",
        "/CN=d-1",
        "-outform",
        "DER",
        "-out",
        "csr.der");
    shell.run("openssl", "base64", "-in", "csr.der", "-out", "csr.b64");
    X509Certificate first = certificates(
        curl(
            "--fail",
            "--cert",
            "bootstrap.pem",
            "-H",
            "Content-Type: application/pkcs10",
            "--data-binary",
            "@csr.b64",
            est + "simpleenroll"),
        "cert.pem");
    assertThat(Identity.of(first).spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-1");
    assertThat(shell.run("openssl", "verify", "-CAfile", "cacerts.pem", "cert.pem"))
        .contains("OK");
    assertThat(shell.run("openssl", "x509", "-in", "cert.pem", "-noout", "-ext", "subjectAltName"))
        .contains("URI:spiffe://mintmark.local/fleet/sensors/device/d-1");

    shell.run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "key2.pem",
        "-subj",
        "/CN=d-1",
        "-addext",
        "subjectAltName=URI:" + Identity.of(first).spiffeId(),
        "-out",
        "csr2.pem");
    X509Certificate second = certificates(
        curl(
            "--fail",
            "--cert",
            "cert.pem",
            "--key",
            "key.pem",
            "-H",
            "Content-Type: application/pkcs10",
            "--data-binary",
            "@csr2.pem",
            est + "simplereenroll"),
        "cert2.pem");
    assertThat(Identity.of(second)).isEqualTo(Identity.of(first));
    assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
  }

  @Test
  void enrolsAnRsaDeviceOverTls12() throws Exception {
    bootstrap("d-rsa");
    shell.run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "rsa.pem",
        "-subj",
        "/CN=d-rsa",
        "-out",
        "rsa-csr.pem");
    X509Certificate leaf = certificates(
        curl(
            "--fail",
            "--tls-max",
            "1.2",
            "--cert",
            "bootstrap.pem",
            "-H",
            "Content-Type: application/pkcs10",
            "--data-binary",
            "@rsa-csr.pem",
            est + "simpleenroll"),
        "rsa-cert.pem");
    assertThat(leaf.getPublicKey().getAlgorithm()).isEqualTo("RSA");
  }

  @Test
  void enrolsWithAnRsaPssRequest() throws Exception {
    bootstrap("d-pss");
    shell.run("openssl", "genrsa", "-out", "pss.pem", "2048");
    String request = "openssl req -new -key pss.pem -subj /CN=d-pss -sha256"
        + " -sigopt rsa_padding_mode:pss -out pss-csr.pem";
    for (String salt : new String[] {"", " -sigopt rsa_pss_saltlen:-1"}) {
      shell.run((request + salt).split(" "));
      assertThat(shell.run("openssl", "req", "-in", "pss-csr.pem", "-noout", "-text"))
          .contains("Signature Algorithm: rsassaPss");
      certificates(enrol("pss-csr.pem", "simpleenroll"), "pss-cert.pem");
    }
  }

  @Test
  void readsTheAttributes() throws Exception {
    Files.writeString(folder.resolve("csrattrs.b64"), curl("--fail", est + "csrattrs"));
    shell.run("openssl", "base64", "-d", "-in", "csrattrs.b64", "-out", "csrattrs.der");
    assertThat(shell.run("openssl", "asn1parse", "-inform", "DER", "-in", "csrattrs.der"))
        .contains("Extension Request", "X509v3 Extended Key Usage", "commonName")
        .contains("1.2.840.113549.1.9.16.2.61");
  }

  @Test
  void hasItsKeyMade() throws Exception {
    bootstrap("d-made");
    shell.run(("openssl req -new -newkey rsa:2048 -nodes -keyout unused.pem -subj /CN=d-made"
            + " -out made-csr.pem")
        .split(" "));
    String[] parts = enrol("made-csr.pem", "serverkeygen").split("--est-server-keygen", -1);
    Files.writeString(folder.resolve("made.b64"), parts[1].split("\r\n\r\n", -1)[1]);
    shell.run("openssl", "base64", "-d", "-in", "made.b64", "-out", "made.p8");
    shell.run(
        "openssl", "pkcs8", "-inform", "DER", "-nocrypt", "-in", "made.p8", "-out", "made-key.pem");
    certificates(parts[2].split("\r\n\r\n", -1)[1], "made-cert.pem");
    assertThat(shell.run("openssl", "pkey", "-in", "made-key.pem", "-pubout"))
        .isEqualTo(shell.run("openssl", "x509", "-in", "made-cert.pem", "-noout", "-pubkey"));
  }

  private static String enrol(String csr, String operation) throws Exception {
    return curl(
        "--fail",
        "--cert",
        "bootstrap.pem",
        "-H",
        "Content-Type: application/pkcs10",
        "--data-binary",
        "@" + csr,
        est + operation);
  }

  @Test
  void isToldWhyNot() throws Exception {
    String answer = curl(
        "-w",
        "%{http_code}",
        "-H",
        "Content-Type: application/pkcs10",
        "-d",
        "x",
        est + "simpleenroll");
    assertThat(answer).contains("client certificate").endsWith("403");
    Files.write(folder.resolve("long"), new byte[200_000]);
    bootstrap("d-1");
    for (String chunked : new String[] {"X-None: 1", "Transfer-Encoding: chunked"}) {
      assertThat(curl(
              "-w",
              "%{http_code}",
              "--cert",
              "bootstrap.pem",
              "-H",
              chunked,
              "-H",
              "Content-Type: application/pkcs10",
              "--data-binary",
              "@long",
              est + "simpleenroll"))
          .contains("65536 bytes")
          .endsWith("413");
    }
  }

  @Test
  void certOnlyMessageParsesInOtherFormsToo() throws Exception {
    byte[] der = Base64.getMimeDecoder().decode(curl("--fail", est + "cacerts"));
    Files.write(folder.resolve("cacerts.p7"), der);
    assertThat(
            shell.run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "cacerts.p7"))
        .contains("pkcs7-signedData", "signerInfos:");
    assertThat(shell.run("openssl", "asn1parse", "-inform", "DER", "-in", "cacerts.p7"))
        .contains("pkcs7-signedData");
  }

  private static void bootstrap(String device) throws Exception {
    Files.writeString(
        folder.resolve("bootstrap.pem"), running.bootstrap(device).credential().toPem());
  }
}
