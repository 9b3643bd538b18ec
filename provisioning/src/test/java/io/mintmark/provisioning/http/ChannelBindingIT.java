package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.FleetFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests tied to their TLS connection, by a client that can tell what to tie them with. The
 * fleets are the one of docs/est.md, section Channel binding, under each of the three rules.
 */
class ChannelBindingIT {

  private static final Path DOCUMENT = Path.of("..", "docs", "est.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SCRIPT = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final AtomicInteger DEVICES = new AtomicInteger();

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data, @TempDir Path folder) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "default-fleet: required\n");
    running = RunningService.of(data);
    Files.writeString(folder.resolve("factory-ca.pem"), running.factory.certificatePem());
    Matcher printed = YAML.matcher(DocumentSection.of(DOCUMENT, "Channel binding"));
    assertThat(printed.find()).isTrue();
    assertThat(printed.group(1)).contains("fleet: gates\n", "channel-binding: required\n");
    for (String rule : List.of("off", "allowed", "required")) {
      String yaml = printed
          .group(1)
          .replace("fleet: gates", "fleet: " + rule)
          .replace(
              "channel-binding: required", "channel-binding: " + rule + "\n  server-keygen: true");
      Path file = Files.writeString(folder.resolve(rule + ".yaml"), yaml);
      RunningService.expect(
          200,
          running.operate("PUT", "/api/v1/fleets", "application/yaml", FleetFile.inline(file)));
      assertThat(running.read("/api/v1/fleets/" + rule).get("channelBinding").asText())
          .isEqualTo(rule);
    }
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static BindingDevice device(String fleet) throws Exception {
    String id = "d-" + DEVICES.incrementAndGet();
    running.importManifest(fleet, "device,pin\n" + id + ",\n");
    return BindingDevice.enrolling(running, fleet, id);
  }

  private static BindingDevice device(String fleet, String operation) throws Exception {
    return operation.equals("renew") ? device(fleet).renewing() : device(fleet);
  }

  /** Requires a refusal that says what to do, and that left the registry as it was. */
  private static void refused(
      BindingDevice device, TellingClient client, byte[] request, String... words)
      throws Exception {
    List<String> before = running.registry();
    RawHttps.Answer answer = device.ask(client, request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(words).hasLineCount(1);
    assertThat(running.registry()).isEqualTo(before);
  }

  private static byte[] other(byte[] binding) {
    byte[] other = binding.clone();
    other[0] ^= 1;
    return other;
  }

  @ParameterizedTest
  @CsvSource({
    "required, enrol, TLSv1.2, tls-unique",
    "required, enrol, TLSv1.3, tls-exporter",
    "required, renew, TLSv1.2, tls-unique",
    "required, renew, TLSv1.3, tls-exporter",
    "allowed, enrol, TLSv1.2, tls-unique",
    "allowed, enrol, TLSv1.3, tls-exporter",
    "allowed, renew, TLSv1.2, tls-unique",
    "allowed, renew, TLSv1.3, tls-exporter",
  })
  void takesARequestForThisConnectionAndForNoOther(
      String fleet, String operation, String protocol, String kind) throws Exception {
    BindingDevice device = device(fleet, operation);
    byte[] captured;
    try (TellingClient client = device.connect(protocol)) {
      captured = device.request(BindingDevice.challenge(client.binding(kind)));
      refused(
          device,
          client,
          device.request(BindingDevice.challenge(other(client.binding(kind)))),
          "is not that of this connection",
          kind,
          "challengePassword");
    }
    try (TellingClient client = device.connect(protocol)) {
      refused(device, client, captured, "is not that of this connection", kind);
    }
    try (TellingClient client = device.connect(protocol)) {
      Attribute password =
          BindingDevice.text(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, "hunter2!");
      refused(device, client, device.request(password), "is not that of this connection");
    }
    try (TellingClient client = device.connect(protocol)) {
      byte[] request = device.request(BindingDevice.challenge(client.binding(kind)));
      Enrolments.certificate(device.ask(client, request));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "enrol, TLSv1.2, tls-unique",
    "enrol, TLSv1.3, tls-exporter",
    "renew, TLSv1.2, tls-unique",
    "renew, TLSv1.3, tls-exporter"
  })
  void saysWhatToSendWhereItIsRequired(String operation, String protocol, String kind)
      throws Exception {
    BindingDevice device = device("required", operation);
    try (TellingClient client = device.connect(protocol)) {
      refused(
          device,
          client,
          device.request(),
          "fleet 'required' requires channel binding, and the request has none",
          kind,
          "challengePassword");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "off, enrol, TLSv1.2",
    "off, renew, TLSv1.3",
    "allowed, enrol, TLSv1.3",
    "allowed, renew, TLSv1.2"
  })
  void goesOnWithoutWhereItIsNotRequired(String fleet, String operation, String protocol)
      throws Exception {
    BindingDevice device = device(fleet, operation);
    try (TellingClient client = device.connect(protocol)) {
      Enrolments.certificate(device.ask(client, device.request()));
    }
  }

  @ParameterizedTest
  @CsvSource({"enrol, TLSv1.2", "renew, TLSv1.3"})
  void ignoresItWhereItIsOff(String operation, String protocol) throws Exception {
    BindingDevice device = device("off", operation);
    try (TellingClient client = device.connect(protocol)) {
      Attribute password =
          BindingDevice.text(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, "hunter2!");
      Enrolments.certificate(device.ask(client, device.request(password)));
    }
  }

  @Test
  void holdsForRenewingAtTheDefaultFleetWithoutALabel() throws Exception {
    BindingDevice device = device("required").renewing();
    try (TellingClient client = device.connect("TLSv1.3")) {
      List<String> before = running.registry();
      RawHttps.Answer without = client.post("/.well-known/est/simplereenroll", device.request());
      assertThat(without.status()).isEqualTo(400);
      assertThat(without.body()).contains("requires channel binding");
      assertThat(running.registry()).isEqualTo(before);
    }
    try (TellingClient client = device.connect("TLSv1.3")) {
      byte[] request = device.request(BindingDevice.challenge(client.binding("tls-exporter")));
      Enrolments.certificate(client.post("/.well-known/est/simplereenroll", request));
    }
  }

  @Test
  void holdsForKeysMadeByTheService() throws Exception {
    BindingDevice device = device("required");
    String path = "/.well-known/est/required/serverkeygen";
    try (TellingClient client = device.connect("TLSv1.3")) {
      List<String> before = running.registry();
      RawHttps.Answer without = client.post(path, device.request());
      assertThat(without.status()).isEqualTo(400);
      assertThat(without.body()).contains("requires channel binding");
      assertThat(running.registry()).isEqualTo(before);
    }
    try (TellingClient client = device.connect("TLSv1.3")) {
      byte[] request = device.request(BindingDevice.challenge(client.binding("tls-exporter")));
      RawHttps.Answer with = client.post(path, request);
      assertThat(with.status()).as(with.body()).isEqualTo(200);
      assertThat(with.header("Content-Type")).startsWith("multipart/mixed");
    }
  }

  @ParameterizedTest
  @CsvSource({"off, false", "allowed, false", "required, true"})
  void isAnnouncedInTheAttributesWhereItIsRequired(String fleet, boolean announced)
      throws Exception {
    RawHttps.Answer answer = running.device(null).get("/.well-known/est/" + fleet + "/csrattrs");
    String der = HexFormat.of().formatHex(Base64.getMimeDecoder().decode(answer.body()));
    String challengePassword =
        HexFormat.of().formatHex(PKCSObjectIdentifiers.pkcs_9_at_challengePassword.getEncoded());
    assertThat(der.contains(challengePassword)).isEqualTo(announced);
  }

  @Test
  void takesTheExporterUnderTls12AndAnyKindOfString() throws Exception {
    BindingDevice device = device("required");
    try (TellingClient client = device.connect("TLSv1.2")) {
      Attribute printable = new Attribute(
          PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
          new DERSet(new DERPrintableString(BindingDevice.base64(client.binding("tls-exporter")))));
      Enrolments.certificate(device.ask(client, device.request(printable)));
    }
  }

  @Test
  void takesTheAttributeMadeForItBeforeTheOneThatMayBeAPassword() throws Exception {
    BindingDevice device = device("required");
    Attribute password =
        BindingDevice.text(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, "hunter2!");
    try (TellingClient client = device.connect("TLSv1.3")) {
      Attribute linking = BindingDevice.text(
          PKCSObjectIdentifiers.id_aa_estIdentityLinking,
          BindingDevice.base64(client.binding("tls-exporter")));
      Enrolments.certificate(device.ask(client, device.request(password, linking)));
    }
  }

  @Test
  void refusesWhatIsNotOneString() throws Exception {
    BindingDevice device = device("required");
    Attribute odd = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERSet(DERNull.INSTANCE));
    try (TellingClient client = device.connect("TLSv1.3")) {
      refused(device, client, device.request(odd), "challengePassword is not one string");
    }
  }

  @Test
  void neverShowsWhatMayBeAPassword() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    BindingDevice device = device("allowed");
    try (TellingClient client = device.connect("TLSv1.3")) {
      Attribute password =
          BindingDevice.text(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, "hunter2!");
      RawHttps.Answer answer = device.ask(client, device.request(password));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).doesNotContain("hunter2");
      assertThat(log.lines()).hasSize(1).noneMatch(line -> line.contains("hunter2"));
    } finally {
      log.detach();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "allowed"})
  void letsTheJdksClientsEnrolAndRenew(String fleet) throws Exception {
    String id = "d-" + DEVICES.incrementAndGet();
    running.importManifest(fleet, "device,pin\n" + id + ",\n");
    KeyPair keys = CertificateRequest.newKeyPair();
    Enrolments enrolments = new Enrolments(running, fleet);
    HeldCertificate bootstrap = running.bootstrap(id);
    Credential first = new Credential(
        keys.getPrivate(),
        List.of(Enrolments.certificate(enrolments.ask(bootstrap, Enrolments.request(keys, id)))));
    byte[] renewal = CertificateRequest.renew(CertificateRequest.newKeyPair(), first.certificate());
    Enrolments.certificate(running
        .device(first)
        .post("/.well-known/est/" + fleet + "/simplereenroll", "application/pkcs10", renewal));
  }

  @Test
  void takesWhatOpensslAloneSendsAsPrinted(@TempDir Path folder) throws Exception {
    ForeignPrograms.require("sh", "openssl", "basenc", "mkfifo");
    Matcher printed = SCRIPT.matcher(DocumentSection.of(DOCUMENT, "Channel binding"));
    assertThat(printed.find()).isTrue();
    running.importManifest("required", "device,pin\ngate-1,\n");
    Credential bootstrap = running.bootstrap("gate-1").credential();
    Files.writeString(folder.resolve("bootstrap.pem"), Pem.encode(bootstrap.chain()));
    Files.writeString(folder.resolve("bootstrap-key.pem"), Pem.encode(bootstrap.key()));
    String script = printed
        .group(1)
        .replace("localhost:8443", "localhost:" + running.service().deviceUri().getPort())
        .replace("mintmark-data/", running.data + "/")
        .replace("/gates/", "/required/");
    assertThat(new Shell(folder).run("sh", "-c", script)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void refusesARuleItDoesNotKnow() throws Exception {
    RawHttps.Answer answer = running.operate(
        "PUT",
        "/api/v1/fleets",
        "application/yaml",
        running.fleetYaml("bad", "7d", "{channel-binding: require}"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("did you mean 'required'?");
  }
}
