package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mode approval, decided by a webhook: a real HTTPS server. */
@Timeout(120)
class WebhookIT {

  private static final AtomicInteger DEVICES = new AtomicInteger();
  private static RunningService running;
  private static Enrolments gate;

  private WebhookServer webhook;
  private String device;
  private HeldCertificate bootstrap;
  private byte[] request;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data);
    gate = new Enrolments(running, "gate");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void startWebhook() throws Exception {
    webhook = new WebhookServer();
    running.applyEnrolment("gate", webhook.enrolment("20s", webhook.ca));
    device = "w-" + DEVICES.incrementAndGet();
    bootstrap = running.bootstrap(device);
    request = Enrolments.request(device);
  }

  @AfterEach
  void stopWebhook() {
    webhook.close();
  }

  @Test
  void saysYes() throws Exception {
    webhook.handler = WebhookServer.json("{\"decision\":\"approve\",\"reason\":\"in the ERP\"}");
    KeyPair keys = CertificateRequest.newKeyPair();
    request = Enrolments.request(keys, device);
    Enrolments.certificate(gate.ask(bootstrap, request));
    Enrolments.certificate(gate.ask(bootstrap, request));
    assertThat(webhook.questions).as("the repeated request asks nobody").hasSize(1);
    JsonNode question = webhook.questions.get(0);
    assertThat(question.get("device").asText()).isEqualTo(device);
    assertThat(question.get("fleet").asText()).isEqualTo("gate");
    assertThat(question.get("again").asBoolean()).isFalse();
    assertThat(question.get("keySha256").asText())
        .isEqualTo(Pem.fingerprint(keys.getPublic().getEncoded()));
    assertThat(question.get("bootstrapSha256").asText())
        .isEqualTo(Pem.fingerprint(bootstrap.certificate().getEncoded()));
    assertThat(question.get("bootstrapPem").asText()).isEqualTo(bootstrap.certificatePem());
    JsonNode used = gate.approval("used", device);
    assertThat(used.get("decidedBy").asText()).isEqualTo("webhook");
    assertThat(used.get("reason").asText()).isEqualTo("in the ERP");
    assertThat(running.read("/api/v1/fleets/gate").get("webhook").asText())
        .isEqualTo("https://localhost:" + webhook.port() + "/decide");
  }

  @Test
  void saysNo() throws Exception {
    webhook.handler = WebhookServer.json("{\"decision\":\"deny\",\"reason\":\"stolen\"}");
    RawHttps.Answer answer = RunningService.expect(403, gate.ask(bootstrap, request));
    assertThat(answer.body()).contains("denied: stolen").contains(device);
    gate.refused(403, bootstrap, request, "denied: stolen");
    assertThat(webhook.questions).as("it was asked once").hasSize(1);
  }

  @Test
  void saysNotYetAndIsAskedAgain() throws Exception {
    Enrolments.pending(gate.ask(bootstrap, request));
    webhook.handler = WebhookServer.json("{\"decision\":\"approve\"}");
    Enrolments.certificate(gate.ask(bootstrap, request));
    assertThat(webhook.questions).hasSize(2);
  }

  @Test
  void anOperatorMayBeQuicker() throws Exception {
    Enrolments.pending(gate.ask(bootstrap, request));
    long id = gate.approval("pending", device).get("id").asLong();
    webhook.handler = exchange -> {
      running.post("/api/v1/approvals/" + id + "/deny");
      WebhookServer.send(exchange, 200, "{\"decision\":\"approve\"}");
    };
    assertThat(gate.ask(bootstrap, request).status()).isEqualTo(403);
    assertThat(gate.approval("denied", device).get("decidedBy").asText()).isEqualTo("operator");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "[]",
        "\"approve\"",
        "{}",
        "{\"decision\":\"APPROVE\"}",
        "{\"decision\":\"yes\"}",
        "{\"decision\":true}",
        "{\"decision\":\"approve\"} {}",
        "{\"decision\":{\"approve\":1}}"
      })
  void garbageIsNoYes(String body) throws Exception {
    webhook.handler = WebhookServer.json(body);
    failsClosed();
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 301, 302, 307, 308, 400, 403, 404, 500, 503})
  void onlyA200Decides(int status) throws Exception {
    webhook.handler = exchange -> {
      exchange.getResponseHeaders().add("Location", "https://localhost:" + webhook.port() + "/yes");
      if (exchange.getRequestURI().getPath().equals("/yes")) {
        WebhookServer.send(exchange, 200, "{\"decision\":\"approve\"}");
      } else if (status == 204) {
        exchange.sendResponseHeaders(204, -1);
      } else {
        WebhookServer.send(exchange, status, "{\"decision\":\"approve\"}");
      }
    };
    failsClosed();
    assertThat(webhook.questions).as("not followed anywhere").hasSize(2);
  }

  @Test
  void refusesAnswersThatAreTooLong() throws Exception {
    String padding = "x".repeat(20_000);
    webhook.handler =
        WebhookServer.json("{\"decision\":\"approve\",\"reason\":\"" + padding + "\"}");
    failsClosed();
  }

  @Test
  void waitsNoLongerThanTheTimeout() throws Exception {
    running.applyEnrolment("gate", webhook.enrolment("1s", webhook.ca));
    CountDownLatch end = new CountDownLatch(1);
    webhook.handler = exchange -> end.await(60, TimeUnit.SECONDS);
    long begin = System.nanoTime();
    failsClosed();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(50));
    end.countDown();
  }

  @Test
  void anAnswerInDropsHasOneTimeoutForAll() throws Exception {
    running.applyEnrolment("gate", webhook.enrolment("1s", webhook.ca));
    CountDownLatch end = new CountDownLatch(1);
    webhook.handler = exchange -> {
      exchange.sendResponseHeaders(200, 0);
      while (!end.await(100, TimeUnit.MILLISECONDS)) {
        exchange.getResponseBody().write(' ');
        exchange.getResponseBody().flush();
      }
    };
    failsClosed();
    end.countDown();
  }

  @Test
  void trustsThePinnedCaOnly() throws Exception {
    webhook.handler = WebhookServer.json("{\"decision\":\"approve\"}");
    running.applyEnrolment("gate", webhook.enrolment("20s", running.factory));
    failsClosed();
    assertThat(webhook.questions).isEmpty();
  }

  @Test
  void checksTheWebhooksName() throws Exception {
    webhook.handler = WebhookServer.json("{\"decision\":\"approve\"}");
    running.applyEnrolment(
        "gate", webhook.enrolment("20s", webhook.ca).replace("localhost", "127.0.0.1"));
    failsClosed();
    assertThat(webhook.questions).isEmpty();
  }

  @Test
  void mayBeAway() throws Exception {
    webhook.close();
    failsClosed();
  }

  @Test
  void saysWhyItsHostIsNotReached() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try {
      running.applyEnrolment(
          "gate", webhook.enrolment("20s", webhook.ca).replace("localhost", "nowhere.invalid"));
      failsClosed();
    } finally {
      log.detach();
    }
    assertThat(log.lines())
        .anyMatch(line -> line.contains("no address is known of its host nowhere.invalid"));
  }

  @Test
  void isNotAskedTwiceAtOnceAboutTheSame() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    webhook.handler = exchange -> {
      asked.countDown();
      end.await(60, TimeUnit.SECONDS);
      WebhookServer.send(exchange, 200, "{\"decision\":\"approve\"}");
    };
    running.applyEnrolment("gate", webhook.enrolment("20s", webhook.ca));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<RawHttps.Answer> first = threads.submit(() -> gate.ask(bootstrap, request));
      asked.await();
      Enrolments.pending(gate.ask(bootstrap, request));
      end.countDown();
      Enrolments.certificate(first.get());
    } finally {
      threads.shutdownNow();
    }
    assertThat(webhook.questions).hasSize(1);
  }

  @Test
  void aSlowWebhookHoldsFewThreads() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(8);
    webhook.handler = exchange -> {
      asked.countDown();
      end.await(60, TimeUnit.SECONDS);
      WebhookServer.send(exchange, 200, "{\"decision\":\"approve\"}");
    };
    running.applyEnrolment("gate", webhook.enrolment("20s", webhook.ca));
    List<Callable<RawHttps.Answer>> asking = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String slow = device + "-" + i;
      asking.add(() -> gate.ask(slow));
    }
    ExecutorService threads = Executors.newFixedThreadPool(asking.size());
    try {
      List<Future<RawHttps.Answer>> answers =
          asking.stream().map(threads::submit).toList();
      asked.await();
      Enrolments.pending(gate.ask(device));
      end.countDown();
      for (Future<RawHttps.Answer> answer : answers) {
        Enrolments.certificate(answer.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(webhook.mostAtOnce.get()).isEqualTo(8);
  }

  /** 503 with a time to wait for, no device, and an operator can still decide. */
  private void failsClosed() throws Exception {
    for (int i = 0; i < 2; i++) {
      List<String> before = i == 0 ? null : running.registry();
      RawHttps.Answer answer = RunningService.expect(503, gate.ask(bootstrap, request));
      assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
      assertThat(answer.body()).contains("webhook").contains(device).hasLineCount(1);
      assertThat(before == null || before.equals(running.registry())).isTrue();
    }
    RunningService.expect(404, running.operate("GET", "/api/v1/devices/" + device, null, null));
    JsonNode approval = gate.approval("pending", device);
    running.post("/api/v1/approvals/" + approval.get("id").asLong() + "/approve");
    Enrolments.certificate(gate.ask(bootstrap, request));
  }
}
