package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator API over real TLS. */
class OperatorApiIT {

  private static final String JSON = "application/json";
  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "a-1", "a-2", "a-3");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static JsonNode refused(int status, RawHttps.Answer answer) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo(JSON);
    JsonNode problem = RunningService.json(answer);
    assertThat(problem.get("error").asText()).isNotEmpty().hasLineCount(1);
    return problem;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-None: there",
        "Authorization: Bearer",
        "Authorization: Bearer wrong",
        "Authorization: Basic b3BlcmF0b3I6eA==",
        "Authorization: wrong"
      })
  void asksForATokenFirst(String header) throws Exception {
    List<String> before = running.registry();
    for (String path :
        List.of("/api/v1/devices", "/api/v1/audit", "/api/v1/nothing", "/", "/.well-known/est")) {
      RawHttps.Answer answer = running.operator().get(path, header);
      if (path.equals("/")) {
        assertThat(answer.status()).isIn(401, 404);
      } else {
        refused(401, answer);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"mintmark\"");
      }
      assertThat(answer.body()).doesNotContain("wrong");
    }
    RawHttps.Answer revoking =
        running.operator().send("POST", "/api/v1/devices/a-1/revoke", null, header);
    refused(401, revoking);
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void takesTheSchemeInAnyCase() throws Exception {
    RunningService.expect(
        200, running.operator().get("/api/v1/fleets", "Authorization: bearer " + running.token()));
  }

  @Test
  void neverAsksForAClientCertificate() throws Exception {
    Credential device = running.bootstrap("a-1").credential();
    RawHttps client = new RawHttps(
        running.service().operatorUri().getPort(),
        device.tlsContext(running.service().trustAnchors()));
    try (SSLSocket socket = client.connect()) {
      socket.startHandshake();
      assertThat(socket.getSession().getLocalCertificates()).isNull();
    }
    refused(401, client.get("/api/v1/devices"));
  }

  @Test
  void answersInJsonWhatIsNotThere() throws Exception {
    refused(404, running.operate("GET", "/api/v1/nothing", null, null));
    refused(404, running.operate("GET", "/api/v1/devices/", null, null));
    refused(404, running.operate("GET", "/api/v1/devices/a%2D1", null, null));
    refused(404, running.operate("GET", "/api/v1/devices/none", null, null));
    refused(404, running.operate("GET", "/api/v1/fleets/none", null, null));
    RawHttps.Answer answer = running.operate("GET", "/api/v1/devices/a-1/revoke", null, null);
    assertThat(answer.header("Allow")).isEqualTo("POST");
    refused(405, answer);
    refused(405, running.operate("DELETE", "/api/v1/devices/a-1", null, null));
    refused(400, running.operate("GET", "/api/v1/fleets/SENSORS", null, null));
  }

  @Test
  void saysWhatTheServiceRunsOn() throws Exception {
    JsonNode service = running.read("/api/v1/service");
    assertThat(service.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(service.get("journal").asText()).isEqualTo("wal");
    // By the connection that writes: that a power cut takes nothing back that was answered.
    assertThat(service.get("synchronous").asText()).isEqualTo("full");
    assertThat(service.get("signatures").asText()).isNotEmpty();
  }

  @Test
  void appliesFleets() throws Exception {
    JsonNode fleets = running.read("/api/v1/fleets").get("fleets");
    assertThat(fleets).anyMatch(fleet -> fleet.get("id").asText().equals("sensors"));
    JsonNode fleet = running.read("/api/v1/fleets/sensors");
    assertThat(fleet.get("lifetime").asText()).isEqualTo("7d");
    assertThat(fleet.get("factoryCas").get(0).asText()).contains("factory");

    assertThat(applied("pumps", "1h")).isEqualTo("created");
    assertThat(applied("pumps", "1h")).isEqualTo("unchanged");
    assertThat(applied("pumps", "2h")).isEqualTo("updated");
  }

  private static String applied(String fleet, String lifetime) throws IOException {
    JsonNode result = RunningService.json(running.applyFleet(fleet, lifetime));
    assertThat(result.get("fleet").asText()).isEqualTo(fleet);
    return result.get("change").asText();
  }

  @Test
  void refusesAFleetThatIsNotOne() throws Exception {
    List<String> before = running.registry();
    String put = "PUT";
    String path = "/api/v1/fleets";
    String misspelt = running.fleetYaml("x", "7d").replace("lifetime:", "lifetme:");
    assertThat(refused(400, running.operate(put, path, "application/yaml", misspelt))
            .get("error")
            .asText())
        .contains("did you mean");
    refused(400, running.operate(put, path, "application/yaml", ""));
    refused(400, running.operate(put, path, "application/yaml", "\u0000"));
    refused(415, running.operate(put, path, JSON, "{}"));
    refused(413, running.operate(put, path, "application/yaml", "#".repeat(1024 * 1024 + 1)));
    refused(
        400,
        running
            .operator()
            .send(
                put,
                path,
                new byte[] {(byte) 0xc3, 0x28},
                "Authorization: Bearer " + running.token(),
                "Content-Type: application/yaml"));
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void importsAManifestWholeOrNotAtAll() throws Exception {
    JsonNode result = RunningService.json(
        running.importManifest("sensors", "device,pin,colour\nm-1,,red\nm-2,,blue\n"));
    assertThat(result.toString())
        .isEqualTo("{\"added\":2,\"updated\":0,\"unchanged\":0,\"warnings\":[]}");
    List<String> before = running.registry();
    String bad = "device,pin\nm-3,\nm 4,\nm-5,md5:00\nm-6,\n";
    JsonNode problem =
        refused(400, running.operate("POST", "/api/v1/fleets/sensors/manifest", "text/csv", bad));
    assertThat(problem.get("details")).hasSize(2);
    assertThat(problem.get("details").get(0).asText()).startsWith("line 3");
    assertThat(problem.get("details").get(1).asText()).startsWith("line 4");
    refused(
        404, running.operate("POST", "/api/v1/fleets/none/manifest", "text/csv", "device\nm-7\n"));
    refused(415, running.operate("POST", "/api/v1/fleets/sensors/manifest", JSON, "device\nm-7\n"));
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void listsDevicesInPages() throws Exception {
    JsonNode first = running.read("/api/v1/devices?fleet=sensors&limit=2");
    assertThat(first.get("devices")).hasSize(2);
    assertThat(first.get("devices").get(0).get("certificates")).isNull();
    String next = first.get("next").asText();
    JsonNode second = running.read("/api/v1/devices?fleet=sensors&limit=1000&after=" + next);
    assertThat(second.get("next")).isNull();
    assertThat(second.get("devices").get(0).get("id").asText()).isGreaterThan(next);
    assertThat(running.read("/api/v1/devices?state=revoked&fleet=pumps").get("devices"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"?limit=0", "?limit=1001", "?limit=x", "?state=odd", "?fleet=A", "?after=a%20b"})
  void refusesAQueryItCannotRead(String query) throws Exception {
    refused(400, running.operate("GET", "/api/v1/devices" + query, null, null));
  }

  @Test
  void suspendsReleasesAndRevokes() throws Exception {
    String device = "/api/v1/devices/a-2";
    assertThat(running.post(device + "/suspend").get("state").asText()).isEqualTo("suspended");
    assertThat(running.post(device + "/release").get("state").asText()).isEqualTo("pending");
    RawHttps.Answer answer =
        running.operate("POST", device + "/revoke", JSON, "{\"reason\":\"keyCompromise\"}");
    assertThat(
            RunningService.json(RunningService.expect(200, answer)).get("state").asText())
        .isEqualTo("revoked");
    refused(409, running.operate("POST", device + "/release", null, null));
    refused(404, running.operate("POST", "/api/v1/devices/none/revoke", null, null));
    JsonNode last = null;
    for (JsonNode row : running.read("/api/v1/audit?limit=1000").get("rows")) {
      last = row.get("subject").asText().equals("a-2") ? row : last;
    }
    assertThat(last.get("action").asText()).isEqualTo("device.revoked");
    assertThat(last.get("actor").asText()).isEqualTo("operator");
    assertThat(last.get("detail").asText()).contains("keyCompromise");
    assertThat(last.get("at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reason\":\"boredom\"}",
        "{\"reason\":1.5,",
        "{\"raeson\":\"keyCompromise\"}",
        "null",
        "[]",
        "{} {}",
        "\"keyCompromise\""
      })
  void refusesARevocationItCannotRead(String body) throws Exception {
    List<String> before = running.registry();
    refused(400, running.operate("POST", "/api/v1/devices/a-3/revoke", JSON, body));
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void certifiesApplications() throws Exception {
    String path = "/api/v1/applications/reader";
    KeyPair keys = CertificateRequest.newKeyPair();
    String csr = Pem.encode("CERTIFICATE REQUEST", CertificateRequest.create(keys, "reader"));
    refused(404, running.operate("POST", path + "/certificate", "application/pkcs10", csr));
    RunningService.expect(
        200, running.operate("PUT", path, JSON, "{\"subscribe\":[\"telemetry/#\"]}"));
    assertThat(running.read("/api/v1/applications").get("applications"))
        .contains(new ObjectMapper()
            .readTree("{\"name\":\"reader\",\"publish\":[],\"subscribe\":[\"telemetry/#\"]}"));
    RawHttps.Answer answer = RunningService.expect(
        200, running.operate("POST", path + "/certificate", "application/pkcs10", csr));
    assertThat(answer.header("Content-Type")).startsWith("application/x-pem-file");
    List<X509Certificate> chain = Pem.certificates(answer.body());
    assertThat(chain).hasSize(2);
    assertThat(new Credential(keys.getPrivate(), chain).identity().spiffeId())
        .isEqualTo("spiffe://mintmark.local/app/reader");
    refused(415, running.operate("POST", path + "/certificate", JSON, csr));
    refused(
        400,
        running.operate(
            "POST", "/api/v1/applications/other/certificate", "application/pkcs10", csr));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reader|{\"publish\":[\"a/#/b\"]}",
        "reader|{\"publish\":[\"${device}\"]}",
        "reader|{\"publish\":[null]}",
        "reader|{\"publish\":[{\"qos\":1}]}",
        "reader|{\"publish\":[{\"topic\":\"a\",\"qos\":\"1\"}]}",
        "reader|{\"publish\":[{\"topic\":\"a\",\"qos\":3}]}",
        "reader|{\"publish\":[{\"topic\":\"a\",\"shared\":true}]}",
        "reader|{\"subscribe\":[{\"topic\":\"a\",\"shared\":\"maybe\"}]}",
        "reader|{\"subscribe\":[\"$share/g/a\"]}",
        "reader|{\"publish\":\"a\"}",
        "reader|{\"publsh\":[]}",
        "reader|",
        "re+der|{}"
      })
  void refusesAnApplicationItCannotRead(String name, String body) throws Exception {
    List<String> before = running.registry();
    RawHttps.Answer answer =
        running.operate("PUT", "/api/v1/applications/" + name, JSON, body == null ? "" : body);
    refused(name.equals("reader") ? 400 : 404, answer);
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void explainsPolicies() throws Exception {
    String grants = "{\"publish\":[],\"subscribe\":"
        + "[{\"topic\":\"work/#\",\"qos\":1,\"shared\":\"only\"}]}";
    RawHttps.Answer put = running.operate("PUT", "/api/v1/applications/jobs", JSON, grants);
    assertThat(RunningService.json(RunningService.expect(200, put)).get("subscribe"))
        .isEqualTo(new ObjectMapper().readTree(grants).get("subscribe"));
    String explain = "/api/v1/policy/explain?application=jobs&subscribe=";
    JsonNode answer = running.read(explain + "%24share/g/work/%23&qos=2");
    assertThat(answer.get("allowed").asBoolean()).isTrue();
    assertThat(answer.get("qos").asInt()).isEqualTo(1);
    assertThat(running.read(explain + "work/a").get("reason").asText()).contains("shared");
    for (String query : List.of(
        "",
        "?device=a-1",
        "?device=a-1&publish=a&subscribe=a",
        "?device=a-1&application=jobs&publish=a",
        "?device=a-1&publish=a/%23",
        "?device=a-1&publish=a&qos=3",
        "?device=a-1&publish=a&retain=yes",
        "?device=a+1&publish=a")) {
      refused(400, running.operate("GET", "/api/v1/policy/explain" + query, null, null));
    }
    refused(
        404, running.operate("GET", "/api/v1/policy/explain?device=none&publish=a", null, null));
  }

  @Test
  void certifiesBrokersForTheirHosts() throws Exception {
    String path = "/api/v1/brokers/b-1/certificate";
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] csr = CertificateRequest.create(keys, "b-1");
    RawHttps.Answer answer = RunningService.expect(
        200,
        running
            .operator()
            .send(
                "POST",
                path + "?host=mqtt.example.org&host=192.0.2.7",
                csr,
                "Authorization: Bearer " + running.token(),
                "Content-Type: application/pkcs10"));
    X509Certificate leaf = Pem.certificates(answer.body()).get(0);
    assertThat(leaf.getSubjectAlternativeNames().toString())
        .contains("mqtt.example.org", "192.0.2.7", "spiffe://mintmark.local/broker/b-1");
    List<String> before = running.registry();
    String pem = Pem.encode("CERTIFICATE REQUEST", csr);
    refused(400, running.operate("POST", path, "application/pkcs10", pem));
    refused(400, running.operate("POST", path + "?host=*.example.org", "application/pkcs10", pem));
    assertThat(running.registry()).isEqualTo(before);
  }

  @Test
  void tellsWhoDidWhat() throws Exception {
    JsonNode rows = running.read("/api/v1/audit?limit=2").get("rows");
    assertThat(rows).hasSize(2);
    long first = rows.get(0).get("sequence").asLong();
    JsonNode later = running.read("/api/v1/audit?limit=1&after=" + first).get("rows");
    assertThat(later.get(0).get("sequence").asLong()).isGreaterThan(first);
    assertThat(running.read("/api/v1/audit?limit=1000").toString()).doesNotContain(running.token());
    assertThat(running.token().getBytes(UTF_8)).hasSizeGreaterThan(30);
  }
}
