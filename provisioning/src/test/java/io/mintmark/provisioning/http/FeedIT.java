package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The brokers' feed over real TLS. */
class FeedIT {

  private static RunningService running;
  private static Credential broker;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "limits: {feed: {parked-per-broker: 200}}\n");
    running = RunningService.of(data, "d-1", "d-2", "d-3");
    broker = broker("b-1");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Credential broker(String name) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = CertificateRequest.create(keys, name);
    return new Credential(
        keys.getPrivate(), running.service().certifyBroker(name, request, List.of("localhost")));
  }

  private JsonNode feed(String query) throws IOException {
    return RunningService.json(
        RunningService.expect(200, running.device(broker).get("/v1/feed" + query)));
  }

  private CompletableFuture<RawHttps.Answer> poll(Credential who, long after, int wait) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return running.device(who).get("/v1/feed?after=" + after + "&wait=" + wait);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void tellsTheWholeStateFromTheBeginning() throws Exception {
    JsonNode page = feed("?after=0");
    assertThat(page.get("trustDomain").asText()).isEqualTo("mintmark.local");
    assertThat(page.get("feedId").asText()).isNotEmpty();
    List<String> contents = new ArrayList<>();
    for (JsonNode entry : page.get("entries")) {
      entry.fieldNames().forEachRemaining(contents::add);
    }
    assertThat(contents).contains("sequence", "bundle", "fleet");
    assertThat(page.get("entries")
            .get(page.get("entries").size() - 1)
            .get("sequence")
            .asLong())
        .isEqualTo(page.get("head").asLong());
  }

  @Test
  void wakesAParkedBrokerTheMomentADeviceIsRevoked() throws Exception {
    long head = feed("?after=0").get("head").asLong();
    CompletableFuture<RawHttps.Answer> parked = poll(broker, head, 30);
    awaitParked(1);
    assertThat(parked).isNotDone();
    running.post("/api/v1/devices/d-1/revoke");
    long revoked = System.nanoTime();
    JsonNode page = RunningService.json(RunningService.expect(200, parked.get()));
    Duration took = Duration.ofNanos(System.nanoTime() - revoked);
    JsonNode denial = page.get("entries").get(0).get("denial");
    assertThat(denial.get("scope").asText()).isEqualTo("IDENTITY");
    assertThat(denial.get("subject").asText())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-1");
    // Milliseconds on an idle machine; the bound only tells it from the end of the wait.
    assertThat(took).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void parksManyWithoutAThreadEach() throws Exception {
    long head = feed("?after=0").get("head").asLong();
    int brokers = 150;
    List<SSLSocket> parked = new ArrayList<>();
    for (int i = 0; i < brokers; i++) {
      SSLSocket socket = running.device(broker).connect();
      socket.getOutputStream().write(request(head, 60));
      parked.add(socket);
    }
    awaitParked(brokers);
    long threads = Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("mintmark-device"))
        .count();
    assertThat(threads).isLessThan(64);
    running.post("/api/v1/devices/d-2/suspend");
    for (SSLSocket socket : parked) {
      try (socket) {
        assertThat(RawHttps.parse(RawHttps.readAll(socket.getInputStream())).body())
            .contains("suspended");
      }
    }
    awaitParked(0);
  }

  private static byte[] request(long after, int wait) {
    return String.join(
            "\r\n",
            "GET /v1/feed?after=" + after + "&wait=" + wait + " HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "",
            "")
        .getBytes(US_ASCII);
  }

  private void awaitParked(int count) {
    await().until(() -> running.service().waitingBrokers() == count);
  }

  @Test
  void answersAnEmptyPageWhenTheWaitIsOver() throws Exception {
    long head = feed("?after=0").get("head").asLong();
    for (int wait : new int[] {0, 1}) {
      JsonNode page = feed("?after=" + head + "&wait=" + wait);
      assertThat(page.get("head").asLong()).isEqualTo(head);
      assertThat(page.get("entries")).isEmpty();
    }
  }

  @Test
  void forgetsAClientThatWentAway() throws Exception {
    long head = feed("?after=0").get("head").asLong();
    try (SSLSocket socket = running.device(broker).connect()) {
      socket.getOutputStream().write(request(head, 3));
      awaitParked(1);
    }
    awaitParked(0);
    assertThat(feed("?after=0").get("head").asLong()).isEqualTo(head);
  }

  @Test
  void tellsABrokerThatItsFeedWentBackwards() throws Exception {
    RawHttps.Answer answer = running.device(broker).get("/v1/feed?after=99999");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).hasLineCount(1).contains("99999");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?after=x",
        "?after=-1",
        "?after=",
        "?after=1.5",
        "?after=99999999999999999999",
        "?after=0&wait=61",
        "?after=0&wait=-1",
        "?wait=soon"
      })
  void refusesParametersItCannotRead(String query) throws Exception {
    RawHttps.Answer answer = running.device(broker).get("/v1/feed" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).hasLineCount(1).contains("whole number");
  }

  @Test
  void isForBrokersOnly() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    Credential device = new Credential(
        keys.getPrivate(),
        running
            .est(running.bootstrap("d-3").credential())
            .simpleEnroll(CertificateRequest.create(keys, "d-3")));
    HeldCertificate stranger = HeldCertificate.builder()
        .commonName("b-1")
        .uri("spiffe://mintmark.local/broker/b-1")
        .build();
    for (Credential who :
        new Credential[] {null, device, running.bootstrap("d-3").credential(), stranger.credential()
        }) {
      RawHttps.Answer answer = running.device(who).get("/v1/feed?after=0");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).hasLineCount(1);
      assertThat(report(who, "{}").status()).isEqualTo(403);
    }
  }

  private static RawHttps.Answer report(Credential who, String json) throws IOException {
    return running
        .device(who)
        .post("/v1/sessions", "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void takesReportsOfBrokersThatKnowMoreWords() throws Exception {
    String events = "[{\"kind\":\"CONNECTED\",\"connection\":1,\"serial\":\"a1\","
        + "\"identity\":\"spiffe://mintmark.local/fleet/sensors/device/d-2\",\"clientId\":\"d-2\","
        + "\"address\":\"10.0.0.1\",\"millisAgo\":5,\"keepAlive\":60,\"colour\":\"green\"}]";
    String report = "{\"run\":\"0123456789abcdef\",\"sequence\":1,\"events\":" + events + "}";
    assertThat(RunningService.json(RunningService.expect(200, report(broker, report))))
        .isEqualTo(new ObjectMapper().readTree("{\"list\":false}"));
    assertThat(running.read("/api/v1/devices/d-2").get("presence").asText()).isEqualTo("connected");
    assertThat(running.read("/api/v1/devices?connected=true").get("devices")).hasSize(1);
    JsonNode known = running.read("/api/v1/brokers").get("brokers").get(0);
    assertThat(known.get("name").asText()).isEqualTo("b-1");
    assertThat(known.get("sessions").asLong()).isEqualTo(1);
    for (String broken : List.of("{}", "[]", "{\"run\":\"x\",\"sequence\":1,\"events\":[]}")) {
      assertThat(report(broker, broken).status()).isEqualTo(400);
    }
  }

  @Test
  void sendsParkedBrokersAwayWhenItStops() throws Exception {
    long head = feed("?after=0").get("head").asLong();
    CompletableFuture<RawHttps.Answer> parked = poll(broker, head, 60);
    awaitParked(1);
    long stopping = System.nanoTime();
    running.stop();
    RawHttps.Answer answer = parked.get();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(30));
    running.start();
    assertThat(feed("?after=" + head + "&wait=0").get("head").asLong()).isEqualTo(head);
  }
}
