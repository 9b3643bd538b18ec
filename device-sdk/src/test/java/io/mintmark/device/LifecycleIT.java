package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening and closing against a real broker; {@link OpenCloseTest} does it a thousand times. */
class LifecycleIT {

  private static final int CYCLES = 20;

  @TempDir
  static Path folder;

  static Devices devices;

  final Events events = new Events();

  @BeforeAll
  static void startAll() throws Exception {
    devices = new Devices(folder, false);
  }

  @AfterAll
  static void stopAll() throws Exception {
    devices.close();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("mintmark-"))
        .sorted()
        .toList();
  }

  private static void awaitNoThreads() {
    await().atMost(Duration.ofSeconds(20)).until(() -> threads().isEmpty());
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    long began = System.nanoTime();
    for (int i = 0; i < CYCLES; i++) {
      try (DeviceClient client = devices.device("l-1", events).build()) {
        client.start();
        client.publish("telemetry/l-1/a", "x".getBytes(UTF_8), i % 2).get();
      }
      assertThat(threads().size()).isLessThan(5);
    }
    System.out.printf(
        "%d clients started, used and closed: %.1f ms each%n",
        CYCLES, (System.nanoTime() - began) / 1e6 / CYCLES);
    assertThat(events.count("connected")).isEqualTo(CYCLES);
    awaitNoThreads();
  }

  @Test
  void twoThreadsForAClientThatIsConnected() throws Exception {
    try (DeviceClient client = devices.device("l-2", events).build()) {
      client.start();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(threads())
              .containsExactly("mintmark-l-2-in", "mintmark-l-2-out", "mintmark-timer"));
    }
    awaitNoThreads();
  }

  @Test
  void timersRunWhereTheApplicationWants() throws Exception {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    executor.setRemoveOnCancelPolicy(true);
    try (DeviceClient client = devices.device("l-3", events).executor(executor).build()) {
      client.start();
      assertThat(executor.getQueue()).as("the renewal, the question when to").hasSize(2);
    }
    assertThat(executor.getQueue()).isEmpty();
    assertThat(executor.isShutdown()).isFalse();
    executor.shutdown();
  }

  @Test
  void closesTwiceAndFromItsOwnThreads() throws Exception {
    DeviceClient client = devices.device("l-4", events).build();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    CompletableFuture<Void> granted = client.subscribe("commands/l-4/#", 1, m -> {
      client.close();
      closed.complete(null);
    });
    client.start();
    granted.get();
    try (TestApplication application = devices.application()) {
      application.command("l-4", "go");
      closed.get();
    }
    client.close();
    awaitNoThreads();

    DeviceClient other = devices.device("l-5", events).build();
    other.start();
    other.publish("telemetry/l-5/a", new byte[0], 1).thenRun(other::close).get();
    awaitNoThreads();
  }

  @Test
  void closesWhileItStarts() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    devices.est.before = exchange -> {
      asked.complete(null);
      return FakeEst.refuse(500, "too late").with(exchange);
    };
    try (DeviceClient client = devices.device("l-6", events).build()) {
      client.startInBackground();
      asked.get();
    } finally {
      devices.est.before = FakeEst.NONE;
    }
    awaitNoThreads();
    assertThat(events.count("connected")).isZero();
  }

  @Test
  void saysWhenItIsUsedOutOfTurn() throws Exception {
    DeviceClient client = devices.device("l-7", events).build();
    assertThatThrownBy(client::identity)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("start the client first");
    assertThatThrownBy(client::renewNow).isInstanceOf(IllegalStateException.class);
    CompletableFuture<Void> never = client.publish("telemetry/l-7/a", new byte[0], 1);
    client.close();
    assertThatThrownBy(never::get)
        .cause()
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("closed");
    assertThat(client.publish("telemetry/l-7/a", new byte[0], 1)).isCompletedExceptionally();
    assertThat(client.subscribe("commands/l-7/a", 1, m -> {})).isCompletedExceptionally();
    assertThatThrownBy(client::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed: build a new one");
  }

  @Test
  void publishesWhatIsOnItsWayBeforeItCloses() throws Exception {
    try (TestApplication application = devices.application()) {
      CompletableFuture<Void> last;
      try (DeviceClient client = devices.device("l-8", events).build()) {
        client.start();
        for (int i = 0; i < 100; i++) {
          assertThat(client.publish("telemetry/l-8/a", new byte[] {1}, 0)).isNotNull();
        }
        last = client.publish("telemetry/l-8/a", "last".getBytes(UTF_8), 1);
      }
      assertThat(last).isCompleted();
      await().untilAsserted(() -> assertThat(application.texts()).contains("last"));
    }
  }
}
