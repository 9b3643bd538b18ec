package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.CredentialStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that come and go in every state, on real TLS, against a broker that acknowledges everything
 * and a service that never answers.
 */
class OpenCloseTest {

  private static final int CYCLES = 1_000;

  /** What they do, over and over: a tenth connects and speaks, which takes the most time. */
  private static final int[] KINDS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 0, 1, 9, 0, 1, 9, 8};

  /** Less than what any kind would leave if each left one. */
  private static final int FEW = 20;

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir
  static Path folder;

  private final TestPki pki = new TestPki();
  private final Events events = new Events();
  private StubBroker broker;
  private SilentServer service;
  private Set<Thread> before;
  private int timersBefore;

  @BeforeEach
  void open() throws IOException {
    before = Thread.getAllStackTraces().keySet();
    timersBefore = TimerThread.SHARED.waiting();
    broker = new StubBroker(pki);
    service = new SilentServer();
  }

  @AfterEach
  void close() throws IOException {
    broker.close();
    service.close();
  }

  /** Its own random source: what is to be done now and then is done at once. */
  private DeviceClientBuilder device(String id, int brokerPort) {
    RandomGenerator least = () -> 0;
    return DeviceClient.builder()
        .service(URI.create("https://localhost:" + service.port()))
        .fleet(TestPki.FLEET)
        .broker("localhost", brokerPort)
        .bootstrap(pki.bootstrap(id))
        .trust(pki.anchors())
        .folder(folder.resolve(id))
        .random(least)
        .listener(events);
  }

  /** One that need not enrol. */
  private DeviceClientBuilder enrolled(String id, int brokerPort) throws IOException {
    Instant now = Instant.now();
    new CredentialStore(folder.resolve(id).resolve("credential.pem"))
        .save(pki.operational(
                id,
                CertificateRequest.newKeyPair(),
                now.minusSeconds(60),
                now.plus(Duration.ofDays(7)))
            .credential());
    return device(id, brokerPort);
  }

  /** The clients' threads, but for those of tests before. */
  private List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("mintmark-"))
        .sorted()
        .toList();
  }

  /** Zero where the system does not tell. */
  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private void awaitNothingLeft() {
    await().atMost(LONG).untilAsserted(() -> assertThat(threads()).isEmpty());
    assertThat(TimerThread.SHARED.waiting()).isLessThanOrEqualTo(timersBefore);
  }

  @Test
  void aThousandClientsLeaveNothing() throws Exception {
    DeviceClientBuilder plain = enrolled("o-1", broker.port());
    DeviceClientBuilder unanswered = enrolled("o-2", service.port());
    DeviceClientBuilder refused = enrolled("o-3", 1);
    DeviceClientBuilder fresh = device("o-4", broker.port());
    // One of each for what is made once: classes, providers, the pool of timeouts.
    for (int kind = 0; kind < 10; kind++) {
      comeAndGo(kind, plain, unanswered, refused, fresh);
    }
    awaitNothingLeft();
    long descriptors = descriptors();
    long began = System.nanoTime();
    for (int i = 0; i < CYCLES; i++) {
      comeAndGo(KINDS[i % KINDS.length], plain, unanswered, refused, fresh);
    }
    System.out.printf(
        "%,d clients opened and closed in all states: %.1f ms each%n",
        CYCLES, (System.nanoTime() - began) / 1e6 / CYCLES);
    awaitNothingLeft();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(descriptors()).isLessThan(descriptors + FEW));
  }

  private void comeAndGo(
      int kind,
      DeviceClientBuilder plain,
      DeviceClientBuilder unanswered,
      DeviceClientBuilder refused,
      DeviceClientBuilder fresh)
      throws Exception {
    switch (kind) {
      case 0 -> plain.build().close();
      case 1 -> {
        try (DeviceClient client = plain.build()) {
          assertThat(client.publish("t", new byte[1], 1)).isNotDone();
          assertThat(client.subscribe("t", 1, m -> {})).isNotDone();
        }
      }
      case 2 -> {
        try (DeviceClient client = plain.build()) {
          client.startInBackground();
        }
      }
      case 3 -> whileItWaits(unanswered);
      case 4 -> {
        try (DeviceClient client = refused.build()) {
          assertThatThrownBy(client::start).isInstanceOf(RetryLaterException.class);
          client.startInBackground();
        }
      }
      case 5 -> whileItWaits(fresh);
      case 6 -> whileStarting(fresh);
      case 7 -> {
        try (DeviceClient client = plain.build()) {
          client.start();
          // The question when to renew is out, and then the renewal, and neither is answered.
          service.asked.acquire();
          assertThat(client.renewNow()).isNotDone();
          service.asked.acquire();
        }
      }
      case 8 -> {
        try (DeviceClient client = plain.build()) {
          client.start();
          client.publish("t", new byte[1], 1).get();
          assertThat(client.request(Message.of("t", "?"), LONG)).isNotDone();
        }
      }
      default -> {
        try (DeviceClient client = plain.build()) {
          assertThat(client.reply("t", 1, request -> null)).isNotDone();
          assertThat(client.request("t", new byte[1], LONG)).isNotDone();
        }
      }
    }
    service.asked.drainPermits();
  }

  private void whileItWaits(DeviceClientBuilder builder) throws InterruptedException {
    try (DeviceClient client = builder.build()) {
      client.startInBackground();
      service.asked.acquire();
    }
  }

  private void whileStarting(DeviceClientBuilder builder) throws Exception {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    try (DeviceClient client = builder.build()) {
      startBeside(client, outcome);
      service.asked.acquire();
    }
    assertThat(outcome.get()).isNotNull();
  }

  @Test
  void aStartEndsWithTheClose() throws Exception {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    try (DeviceClient client = device("o-9", broker.port()).build()) {
      startBeside(client, outcome);
      service.asked.acquire();
    }
    assertThat(outcome.get())
        .isInstanceOfSatisfying(
            RetryLaterException.class, e -> assertThat(e.origin()).isEqualTo(Origin.CLOSED));
    awaitNothingLeft();
  }

  private static Thread startBeside(DeviceClient client, CompletableFuture<Throwable> outcome) {
    Thread starter = new Thread(() -> {
      try {
        client.start();
        outcome.complete(null);
      } catch (DeviceException | InterruptedException | RuntimeException e) {
        outcome.complete(e);
      }
    });
    starter.start();
    return starter;
  }

  @Test
  void aStartThatIsInterruptedMayBeRepeated() throws Exception {
    try (DeviceClient client = device("o-5", broker.port()).build()) {
      for (int i = 0; i < 2; i++) {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread starter = startBeside(client, outcome);
        service.asked.acquire();
        assertThatThrownBy(client::start)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("started already");
        starter.interrupt();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        awaitNothingLeft();
      }
    }
  }

  @Test
  void aCloseThatIsInterruptedClosesAllTheSame() throws Exception {
    DeviceClient client = enrolled("o-6", broker.port()).build();
    client.start();
    Thread.currentThread().interrupt();
    client.close();
    assertThat(Thread.interrupted()).isTrue();
    awaitNothingLeft();
    assertThat(client.isConnected()).isFalse();
    assertThat(client.publish("t", new byte[0], 1)).isCompletedExceptionally();
  }

  @Test
  void whatIsAskedForAfterTheCloseFailsAndWhatIsKnownStays() throws Exception {
    DeviceClient client = enrolled("o-7", broker.port()).build();
    client.start();
    assertThatThrownBy(client::startInBackground).isInstanceOf(IllegalStateException.class);
    client.close();
    for (CompletableFuture<?> future : List.of(
        client.publish("t", new byte[0], 1),
        client.subscribe("t", 1, m -> {}),
        client.reply("t", 1, m -> m),
        client.unsubscribe("t"),
        client.request("t", new byte[0], LONG))) {
      assertThatThrownBy(future::get)
          .cause()
          .isInstanceOfSatisfying(
              RetryLaterException.class, e -> assertThat(e.origin()).isEqualTo(Origin.CLOSED));
    }
    assertThat(client.lateAnswers()).isZero();
    assertThat(client.identity().device().value()).isEqualTo("o-7");
    assertThatThrownBy(client::renewNow).isInstanceOf(IllegalStateException.class);
    client.close();
  }

  @Test
  void closesFromItsListener() throws Exception {
    CompletableFuture<DeviceClient> built = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    DeviceListener closing = new DeviceListener() {
      @Override
      public void connected(boolean sessionPresent) {
        built.join().close();
        closed.complete(null);
      }
    };
    DeviceClient client = enrolled("o-8", broker.port()).listener(closing).build();
    built.complete(client);
    client.startInBackground();
    closed.get();
    awaitNothingLeft();
  }
}
