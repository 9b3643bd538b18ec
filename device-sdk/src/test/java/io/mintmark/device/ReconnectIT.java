package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break, against a real broker. */
class ReconnectIT {

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

  @Test
  void comesBackWhenItIsCutOff() throws Exception {
    try (DeviceClient client = devices.device("b-2", events).build()) {
      client.start();
      devices.broker.kick("b-2");
      await().until(() -> events.count("connected") == 2);
      client.publish("telemetry/b-2/a", "back".getBytes(UTF_8), 1).get();
    }
    assertThat(events.names)
        .containsExactly("enrolled", "connected", "disconnected", "retrying", "connected");
  }

  @Test
  void doesNotHammerWhenItIsRevoked() throws Exception {
    try (DeviceClient client = devices.device("b-3", events).build()) {
      client.start();
      devices.broker.denied.add("b-3");
      devices.broker.kick("b-3");
      await().until(() -> events.count("refused") >= 1);
      long since = System.nanoTime();
      // Each wait is a second at least, however slow the machine is.
      await()
          .pollDelay(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(devices.broker.serials("b-3"))
              .hasSizeBetween(
                  2, 3 + (int) Duration.ofNanos(System.nanoTime() - since).toSeconds()));
      devices.broker.denied.remove("b-3");
      await().until(() -> events.count("connected") == 2);
    }
  }

  @Test
  void enrolsAnewWhenItsCertificateAloneWasRevoked() throws Exception {
    devices.est.before = exchange -> exchange.getRequestURI().getPath().endsWith("simplereenroll")
        && FakeEst.refuse(403, "the certificate is revoked").with(exchange);
    try (DeviceClient client = devices
        .device("b-8", events)
        .refusedBackoff(Duration.ofMillis(50), Duration.ofMillis(50))
        .build()) {
      client.start();
      devices.broker.deniedSerials.addAll(devices.broker.serials("b-8"));
      devices.broker.kick("b-8");
      await().until(() -> events.count("connected") == 2);
      assertThat(events.count("enrolled")).isEqualTo(2);
    } finally {
      devices.est.before = FakeEst.NONE;
    }
  }

  @Test
  void asksForOneOtherCertificateWhenItIsRefusedAndNotForMore() throws Exception {
    try (DeviceClient client = devices
        .device("b-9", events)
        .refusedBackoff(Duration.ofMillis(50), Duration.ofMillis(50))
        .build()) {
      client.start();
      devices.broker.denied.add("b-9");
      devices.broker.kick("b-9");
      await().until(() -> events.count("refused") >= 5);
      assertThat(events.count("renewed")).isEqualTo(1);
      devices.broker.denied.remove("b-9");
      await().until(() -> events.count("connected") == 2);
    }
  }

  @Test
  void renewsWhenTheBrokerSaysThatItsTimeIsOver() throws Exception {
    try (DeviceClient client = devices.device("b-10", events).build()) {
      client.start();
      devices.broker.expire("b-10");
      await().until(() -> events.count("connected") == 2);
    }
    assertThat(events.names)
        .containsExactly(
            "enrolled", "connected", "disconnected", "retrying", "renewed", "connected");
    assertThat(devices.broker.serials("b-10")).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void enrolsAnewWhenItsCredentialExpiredMeanwhile() throws Exception {
    SettableClock clock = new SettableClock();
    try (DeviceClient client = devices.device("b-4", events).clock(clock).build()) {
      client.start();
      clock.ahead = Duration.ofHours(2);
      // HiveMQ goes by the machine's clock.
      devices.est.dates = clock;
      devices.est.lifetime = Duration.ofHours(3);
      devices.broker.kick("b-4");
      await().until(() -> events.count("enrolled") == 2 && events.count("connected") == 2);
    } finally {
      devices.est.dates = null;
      devices.est.lifetime = Duration.ofHours(1);
    }
    assertThat(devices.broker.serials("b-4")).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void findsAConnectionThatDiedInSilence() throws Exception {
    try (FaultProxy proxy = new FaultProxy(devices.broker.port());
        DeviceClient client = devices
            .device("b-5", events)
            .broker("localhost", proxy.port())
            .keepAlive(Duration.ofSeconds(1))
            .connectTimeout(Duration.ofSeconds(5))
            .build()) {
      client.start();
      // A machine that stands still for a second may lose it, and then has it again.
      await().during(Duration.ofSeconds(2)).until(client::isConnected);
      long before = events.count("disconnected");
      proxy.fallSilent();
      CompletableFuture<Void> sent = client.publish("telemetry/b-5/a", "x".getBytes(UTF_8), 1);
      await().until(() -> events.count("disconnected") > before);
      assertThat(sent).isNotDone();
      proxy.recover();
      sent.get();
      // With that keep alive it may just have been lost once more, on a slow machine.
      await().until(client::isConnected);
    }
  }

  @Test
  void bringsAMessageAgainThatWasNotHandled() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    try (TestApplication application = devices.application()) {
      CompletableFuture<Void> arrived = new CompletableFuture<>();
      try (DeviceClient client = devices.device("b-6", events).build()) {
        CompletableFuture<Void> granted = client.subscribe("commands/b-6/#", 1, m -> {
          arrived.complete(null);
          Thread.sleep(60_000);
        });
        client.start();
        granted.get();
        application.command("b-6", "important");
        arrived.get();
      }
      try (DeviceClient client = devices.device("b-6", events).build()) {
        CompletableFuture<Void> granted = client.subscribe(
            "commands/b-6/#", 1, m -> commands.add(m.text() + (m.duplicate() ? ", again" : "")));
        client.start();
        granted.get();
        await().untilAsserted(() -> assertThat(commands).containsExactly("important, again"));
      }
    }
  }

  @Test
  void doesNotHandleAMessageTwiceThatComesAgainWhileItIsHandled() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> arrived = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    try (TestApplication application = devices.application();
        DeviceClient client = devices.device("b-7", events).build()) {
      CompletableFuture<Void> granted = client.subscribe("commands/b-7/#", 1, m -> {
        arrived.complete(null);
        commands.add(m.text());
        goOn.get();
      });
      client.start();
      granted.get();
      application.command("b-7", "first");
      arrived.get();
      devices.broker.kick("b-7");
      await().until(() -> devices.broker.serials("b-7").size() == 2 && client.isConnected());
      goOn.complete(null);
      application.command("b-7", "second");
      await().until(() -> commands.contains("second"));
      assertThat(commands).containsExactly("first", "second");
    }
  }

  /** A clock somebody sets. */
  private static final class SettableClock extends Clock {
    volatile Duration ahead = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(ahead);
    }
  }
}
