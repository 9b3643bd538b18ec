package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys made by the service (RFC 7030, section 4.4), over real TLS. */
class ServerKeygenIT {

  private static final String ON = "{mode: manifest, server-keygen: true}";
  private static final List<String> DEVICES =
      List.of("d-1", "d-2", "d-3", "d-4", "d-5", "d-6", "d-7", "d-8", "d-rsa");
  private static final LogLines LOG = new LogLines();

  @TempDir
  private static Path data;

  private static RunningService running;

  @BeforeAll
  static void start() throws Exception {
    Files.writeString(data.resolve("service.yaml"), "default-fleet: sensors\n");
    running = RunningService.of(data, DEVICES.toArray(new String[0]));
    running.applyEnrolment("sensors", ON);
    LOG.attach();
  }

  @AfterAll
  static void stop() {
    LOG.detach();
    running.close();
  }

  private static RawHttps.Answer ask(String label, Credential shown, byte[] request)
      throws IOException {
    return running
        .device(shown)
        .post(
            "/.well-known/est/" + label + "serverkeygen",
            "application/pkcs10",
            request,
            "Accept: */*");
  }

  private static Credential bootstrap(String device) {
    return running.bootstrap(device).credential();
  }

  private static byte[] request(String device) {
    return CertificateRequest.create(CertificateRequest.newKeyPair(), device);
  }

  /** Reads the two parts as a client would, and proves that they belong together. */
  static Credential credential(RawHttps.Answer answer) throws Exception {
    RunningService.expect(200, answer);
    String type = answer.header("Content-Type");
    assertThat(type).startsWith("multipart/mixed; boundary=");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("Content-Length")).isEqualTo("" + answer.bytes().length);
    String boundary = "--" + type.substring(type.indexOf('=') + 1);
    String[] parts = answer.body().split(boundary);
    assertThat(parts).hasSize(4);
    assertThat(parts[0]).isEmpty();
    assertThat(parts[3]).isEqualTo("--\r\n");
    PrivateKey key = null;
    List<X509Certificate> certificates = List.of();
    for (String part : List.of(parts[1], parts[2])) {
      String[] halves = part.split("\r\n\r\n", 2);
      assertThat(halves[0]).contains("Content-Transfer-Encoding: base64");
      byte[] der = Base64.getMimeDecoder().decode(halves[1].getBytes(US_ASCII));
      if (halves[0].contains("Content-Type: application/pkcs8\r\n")) {
        key = key(der);
      } else {
        assertThat(halves[0])
            .contains("Content-Type: application/pkcs7-mime; smime-type=certs-only\r\n");
        certificates = Pem.pkcs7(der);
      }
    }
    assertThat(certificates).hasSize(1);
    requirePair(key, certificates.get(0));
    return new Credential(key, certificates);
  }

  private static PrivateKey key(byte[] pkcs8) throws Exception {
    String algorithm = PrivateKeyInfo.getInstance(pkcs8)
        .getPrivateKeyAlgorithm()
        .getAlgorithm()
        .getId();
    String name = switch (algorithm) {
      case "1.2.840.10045.2.1" -> "EC";
      case "1.2.840.113549.1.1.1" -> "RSA";
      default -> "Ed25519";
    };
    return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static void requirePair(PrivateKey key, X509Certificate certificate) throws Exception {
    String algorithm = switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> "Ed25519";
    };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(certificate.getPublicKey());
    verifier.update((byte) 1);
    assertThat(verifier.verify(signed)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519"})
  void makesAKeyOfTheTypeTheRequestHas(String type) throws Exception {
    KeyPair wish = TestKeys.of(type);
    Credential made =
        credential(ask("sensors/", bootstrap("d-1"), CertificateRequest.create(wish, "d-1")));
    assertThat(made.certificate().getPublicKey().getAlgorithm())
        .isEqualTo(wish.getPublic().getAlgorithm());
    assertThat(made.certificate().getPublicKey().getEncoded())
        .hasSameSizeAs(wish.getPublic().getEncoded())
        .isNotEqualTo(wish.getPublic().getEncoded());
    assertThat(made.identity().spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-1");
  }

  @Test
  void makesTheProfilesFirstKeyOtherwise() throws Exception {
    assertThat(credential(ask(
                "sensors/",
                bootstrap("d-rsa"),
                Requests.signed(Requests.rsa(1024), "SHA256withRSA", "CN=d-rsa")))
            .certificate()
            .getPublicKey())
        .as("nobody certifies RSA 1024")
        .isInstanceOf(ECPublicKey.class);
    running.operate(
        "PUT",
        "/api/v1/fleets",
        "application/yaml",
        running
            .fleetYaml("sensors", "7d", ON)
            .replace("backdate: 5m", "backdate: 5m\n  key-types: [rsa-2048, ed25519]"));
    try {
      RSAPublicKey key =
          (RSAPublicKey) credential(ask("sensors/", bootstrap("d-rsa"), request("d-rsa")))
              .certificate()
              .getPublicKey();
      assertThat(key.getModulus().bitLength()).isEqualTo(2048);
    } finally {
      running.applyEnrolment("sensors", ON);
    }
  }

  @Test
  void doesNotLookAtTheSignatureOrTheKey() throws Exception {
    byte[] unsigned = request("d-2");
    unsigned[unsigned.length - 1] ^= 1;
    credential(ask("sensors/", bootstrap("d-2"), unsigned));
    Credential shown = bootstrap("d-2");
    credential(ask(
        "sensors/",
        shown,
        CertificateRequest.create(
            new KeyPair(shown.certificate().getPublicKey(), shown.key()), "d-2")));
  }

  @Test
  void makesAnotherKeyEachTimeAndKeepsTwoCertificates() throws Exception {
    byte[] request = request("d-3");
    Credential first = credential(ask("sensors/", bootstrap("d-3"), request));
    Credential second = credential(ask("sensors/", bootstrap("d-3"), request));
    Credential third = credential(ask("sensors/", bootstrap("d-3"), request));
    assertThat(Stream.of(first, second, third).map(c -> c.certificate().getPublicKey()))
        .doesNotHaveDuplicates();
    List<String> states = new ArrayList<>();
    for (JsonNode certificate : running.read("/api/v1/devices/d-3").get("certificates")) {
      states.add(certificate.get("state").asText());
    }
    assertThat(states).containsExactlyInAnyOrder("issued", "issued", "superseded");
    assertThat(new Enrolments(running, "sensors").audited("d-3"))
        .containsSubsequence("device.enrolled", "device.enrolled-again", "certificate.superseded");
    assertThat(running.read("/api/v1/audit?limit=1000").toString())
        .contains("key made by the service");
  }

  @Test
  void renewsWithTheOperationalCertificate() throws Exception {
    Credential first = credential(ask("sensors/", bootstrap("d-4"), request("d-4")));
    byte[] renewal = CertificateRequest.renew(CertificateRequest.newKeyPair(), first.certificate());
    Credential second = credential(ask("sensors/", first, renewal));
    assertThat(second.identity()).isEqualTo(first.identity());
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    // The names are those of the certificate shown, as in simplereenroll.
    RawHttps.Answer bare = RunningService.expect(400, ask("sensors/", second, request("d-4")));
    assertThat(bare.body()).contains("subjectAltName");
    running.post("/api/v1/devices/d-4/revoke");
    RawHttps.Answer revoked = RunningService.expect(403, ask("sensors/", second, renewal));
    assertThat(revoked.body()).contains("revoked").hasLineCount(1);
  }

  @Test
  void worksWithoutALabelForTheDefaultFleet() throws Exception {
    credential(ask("", bootstrap("d-5"), request("d-5")));
  }

  @Test
  void keepsTheRulesOfEnrolment() throws Exception {
    List<String> before = running.registry();
    refused(403, "client certificate", null, request("d-6"));
    refused(403, "not in the manifest", bootstrap("d-99"), request("d-99"));
    refused(400, "contradicts", bootstrap("d-6"), request("d-1"));
    refused(400, "well-formed", bootstrap("d-6"), "aGVsbG8=".getBytes(US_ASCII));
    for (String attribute : List.of("1.2.840.113549.1.9.16.2.37", "1.2.840.113549.1.9.16.2.54")) {
      refused(
          400,
          "to be encrypted",
          bootstrap("d-6"),
          Requests.signed(
              CertificateRequest.newKeyPair(),
              "SHA256withECDSA",
              "CN=d-6",
              new Attribute(
                  new ASN1ObjectIdentifier(attribute),
                  new DERSet(new DEROctetString(new byte[20])))));
    }
    assertThat(running.registry()).isEqualTo(before);
  }

  private static void refused(int status, String reason, Credential shown, byte[] request)
      throws Exception {
    RawHttps.Answer answer = ask("sensors/", shown, request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).contains(reason).hasLineCount(1);
  }

  @Test
  void isNotThereUnlessTheFleetSaysSo() throws Exception {
    running.applyEnrolment("others", "{mode: open}");
    List<String> before = running.registry();
    RawHttps.Answer answer =
        RunningService.expect(404, ask("others/", bootstrap("o-1"), request("o-1")));
    assertThat(answer.body()).contains("'enrolment.server-keygen' is not true").hasLineCount(1);
    assertThat(running.registry()).isEqualTo(before);
    assertThat(running.read("/api/v1/fleets/others").get("serverKeygen").asBoolean())
        .isFalse();
    assertThat(running.read("/api/v1/fleets/sensors").get("serverKeygen").asBoolean())
        .isTrue();
  }

  @Test
  void waitsForApprovalByTheRequestAndDoesNotTakeItForAnothersKey() throws Exception {
    running.applyEnrolment("pumps", "{mode: approval, server-keygen: true}");
    Enrolments pumps = new Enrolments(running, "pumps");
    byte[] request = request("p-1");
    Enrolments.pending(ask("pumps/", bootstrap("p-1"), request));
    int question = pumps.approval("pending", "p-1").get("id").asInt();
    Enrolments.pending(ask("pumps/", bootstrap("p-1"), request));
    assertThat(pumps.approval("pending", "p-1").get("id").asInt())
        .as("the same question, though each answer would have a key of its own")
        .isEqualTo(question);
    running.post("/api/v1/approvals/" + question + "/approve");
    // The yes was for a key made here, not for the request's own.
    Enrolments.pending(pumps.ask(running.bootstrap("p-1"), request));
    credential(ask("pumps/", bootstrap("p-1"), request));
  }

  @Test
  void isNoWayAroundAgainDeny() throws Exception {
    running.applyEnrolment("locks", "{mode: open, again: deny, server-keygen: true}");
    byte[] own = request("l-1");
    Enrolments.certificate(new Enrolments(running, "locks").ask(running.bootstrap("l-1"), own));
    List<String> before = running.registry();
    RawHttps.Answer answer = RunningService.expect(403, ask("locks/", bootstrap("l-1"), own));
    assertThat(answer.body()).contains("again: deny");
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void keepsTheKeyOutOfFilesAndLogs() throws Exception {
    LOG.clear();
    Credential made = credential(ask("sensors/", bootstrap("d-7"), request("d-7")));
    byte[] scalar = ((ECPrivateKey) made.key()).getS().toByteArray();
    byte[] secret = Arrays.copyOfRange(scalar, scalar.length - 24, scalar.length);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(contains(Files.readAllBytes(file), secret))
            .as(file.toString())
            .isFalse();
      }
    }
    assertThat(LOG.lines()).isEmpty();
  }

  private static boolean contains(byte[] all, byte[] part) {
    return new String(all, ISO_8859_1).contains(new String(part, ISO_8859_1));
  }
}
