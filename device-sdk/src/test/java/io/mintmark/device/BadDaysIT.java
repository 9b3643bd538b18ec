package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.testing.HeldCertificate;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong clocks, and services and brokers that are away, say no, or say nothing. */
class BadDaysIT {

  private static final TestPki PKI = new TestPki();
  private static final int NOT_AUTHORIZED = 0x87;

  @TempDir
  Path folder;

  private final Events events = new Events();
  private FakeEst est;
  private FakeBroker broker;
  private FaultProxy toService;
  private FaultProxy toBroker;

  @BeforeEach
  void start() throws Exception {
    est = new FakeEst(PKI);
    broker(PKI.server);
    toService = new FaultProxy(est.uri().getPort());
  }

  private void broker(HeldCertificate shown) throws Exception {
    if (broker != null) {
      toBroker.close();
      broker.close();
    }
    broker = new FakeBroker(PKI, shown);
    toBroker = new FaultProxy(broker.port());
  }

  @AfterEach
  void stop() throws Exception {
    toBroker.close();
    toService.close();
    broker.close();
    est.close();
  }

  private DeviceClientBuilder device() {
    return DeviceClient.builder()
        .service(URI.create("https://localhost:" + toService.port()))
        .fleet(TestPki.FLEET)
        .broker("localhost", toBroker.port())
        .bootstrap(PKI.bootstrap("d-1"))
        .trust(PKI.anchors())
        .folder(folder)
        .reconnectBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .refusedBackoff(Duration.ofMillis(50), Duration.ofMillis(100))
        .listener(events);
  }

  private static Clock wrongByDays(long days) {
    return Clock.offset(Clock.systemUTC(), Duration.ofDays(days));
  }

  private static HeldCertificate serverInDays(long from, long to) {
    Instant now = Instant.now();
    return PKI.server(now.plus(Duration.ofDays(from)), now.plus(Duration.ofDays(to)));
  }

  private CompletableFuture<Void> publish(DeviceClient client) {
    return client.publish("telemetry/d-1/a", "x".getBytes(UTF_8), 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-20_000, 5_000})
  void comesUpWhateverItsClockSays(long days) throws Exception {
    try (DeviceClient client = device().clock(wrongByDays(days)).build()) {
      client.start();
      publish(client).get();
    }
    assertThat(events.names).containsExactly("clockCorrected", "enrolled", "connected");
    assertThat(events.corrections.get(0)).isCloseTo(Duration.ofDays(days), Duration.ofMinutes(1));

    // After a restart it is as wrong again, and the service may be away.
    toService.refuse();
    try (DeviceClient client = device().clock(wrongByDays(days)).build()) {
      if (days > 0) {
        assertThatThrownBy(client::start)
            .as("by its clock the credential has expired")
            .isInstanceOf(RetryLaterException.class);
        toService.recover();
      }
      client.start();
    }
    assertThat(est.requests).as("what was stored is good").hasSize(1);
  }

  @Test
  void theServicesDateCountsThoughTlsWouldNotMindTheClock() throws Exception {
    try (DeviceClient client = device().clock(wrongByDays(20)).build()) {
      client.start();
    }
    assertThat(events.names).containsExactly("clockCorrected", "enrolled", "connected");
  }

  @Test
  void aServiceWhoseCertificateIsOverIsNotBelievedAboutTheTime() throws Exception {
    try (DeviceClient client = device().build()) {
      est.show(serverInDays(-10, -5).credential());
      assertThatThrownBy(client::start)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("its certificate is not trusted");

      est.show(PKI.server.credential());
      client.start();

      // Somebody has its key, and says that it is last week.
      est.show(serverInDays(-10, -5).credential());
      est.clock = wrongByDays(-7);
      assertThatThrownBy(() -> client.renewNow().get())
          .cause()
          .isInstanceOf(RefusedException.class);
    }
    assertThat(events.corrections).isEmpty();
  }

  @Test
  void theBrokersCertificateHasToBeValidByTheDevicesClock() throws Exception {
    broker(serverInDays(-10, -5));
    try (DeviceClient client = device().build()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(client::start)
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining("its certificate is not trusted");
      }
    }
    assertThat(broker.connects).hasValue(0);
    assertThat(events.corrections).isEmpty();
  }

  @Test
  void asksTheServiceForTheTimeWhenTheBrokersCertificateIsNotValid() throws Exception {
    broker(serverInDays(-1, 10));
    est.lifetime = Duration.ofDays(30);
    try (DeviceClient client = device().build()) {
      client.start();
    }
    // Not so wrong that it is time to renew.
    try (DeviceClient client = device().clock(wrongByDays(15)).build()) {
      client.startInBackground();
      await().until(client::isConnected);
    }
    assertThat(events.names)
        .containsSubsequence("enrolled", "connected", "refused", "clockCorrected", "connected");
    assertThat(est.requests).hasSize(1);
  }

  /** What a server does that is there and says nothing. */
  private enum Silence {
    AFTER_TCP,
    IN_THE_HANDSHAKE,
    AFTER_CONNECT
  }

  @ParameterizedTest
  @EnumSource
  void doesNotWaitForABrokerThatSaysNothing(Silence silence) throws Exception {
    switch (silence) {
      case AFTER_TCP -> toBroker.fallSilent();
      case IN_THE_HANDSHAKE -> toBroker.breakAnswersAfter(200);
      case AFTER_CONNECT -> broker.answer = -1;
    }
    try (DeviceClient client = device().connectTimeout(Duration.ofMillis(300)).build()) {
      client.startInBackground();
      await().until(() -> events.count("retrying") > 0);
      assertThat(events.causes.get(0))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("cannot connect to the broker at localhost")
          .hasMessageContaining("timed out");
      broker.answer = 0;
      toBroker.recover();
      await().until(client::isConnected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotWaitForAServiceThatSaysNothing(Silence silence) throws Exception {
    switch (silence) {
      case AFTER_TCP -> toService.fallSilent();
      case IN_THE_HANDSHAKE -> toService.breakAnswersAfter(200);
      case AFTER_CONNECT ->
        est.after = exchange -> {
          toService.loseAnswers();
          est.after = FakeEst.NONE;
          return false;
        };
    }
    try (DeviceClient client = device().answerTimeout(Duration.ofMillis(300)).build()) {
      client.startInBackground();
      await().until(() -> events.count("retrying") > 0);
      assertThat(events.causes.get(0))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("the service at localhost")
          .hasMessageContaining("timed out");
      toService.recover();
      await().until(client::isConnected);
    }
    assertThat(est.requests)
        .as("the request is repeated with its key")
        .extracting(FakeEst.Request::key)
        .containsOnly(est.requests.get(0).key());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void saysWhichNameDoesNotResolveAndAsksAgain(boolean service) throws Exception {
    // No label is that long, which the resolver knows without asking anybody.
    String nobody = "x".repeat(64) + ".invalid";
    DeviceClientBuilder builder = device();
    if (service) {
      builder.service(URI.create("https://" + nobody + ":8443"));
    } else {
      builder.broker(nobody, 8883);
    }
    try (DeviceClient client = builder.build()) {
      client.startInBackground();
      await().until(() -> events.count("retrying") > 1);
    }
    assertThat(events.causes)
        .allSatisfy(cause -> assertThat(cause)
            .isInstanceOf(RetryLaterException.class)
            .hasMessageContaining("the name does not resolve to an address (DNS): " + nobody));
  }

  @Test
  void aBrokerThatIsDownIsAskedUpToOnceAMinuteAndFoundWithinOne() throws Exception {
    try (Life life = new Life(Duration.ofDays(7))) {
      life.client.startInBackground();
      life.settle();
      toBroker.refuse();
      toBroker.cut();
      await().until(() -> events.count("retrying") == 1);
      CompletableFuture<Void> waiting = publish(life.client);
      life.live(Duration.ofHours(2));
      // The waits are random, up to a minute: half a minute each in the long run.
      assertThat(events.count("retrying")).isBetween(120L, 480L);
      assertThat(waiting).isNotDone();

      toBroker.recover();
      life.live(Duration.ofMinutes(1));
      assertThat(life.client.isConnected()).isTrue();
      waiting.get();
      assertThat(broker.published).containsExactly("telemetry/d-1/a");
    }
    assertThat(events.count("disconnected")).isEqualTo(1);
  }

  @Test
  void whoIsRevokedIsToldSoAndAsksOnceAnHourOrSo() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Life life = new Life(Duration.ofDays(7))) {
      life.client.startInBackground();
      life.settle();
      broker.answer = NOT_AUTHORIZED;
      est.before = exchange -> {
        asked.incrementAndGet();
        return FakeEst.refuse(403, "device 'd-1' is revoked").with(exchange);
      };
      int connects = broker.connects.get();
      toBroker.cut();
      await().until(() -> events.count("retrying") == 1);
      life.live(Duration.ofHours(12));

      // From one a minute to one an hour, each between half of the wait and all of it.
      assertThat(broker.connects.get() - connects).isBetween(12, 33);
      // With each a renewal and an enrolment; and now and then for the roots.
      assertThat(asked.get()).isBetween(24, 75);
      assertThat(events.count("refused")).isBetween(12L, 33L);
      assertThat(events.causes).last().isInstanceOf(RefusedException.class);

      broker.answer = 0;
      est.before = FakeEst.NONE;
      life.live(Duration.ofHours(1));
      assertThat(life.client.isConnected()).isTrue();
    }
  }

  @Test
  void aServiceThatIsDownIsAskedMoreOftenAsTheEndComesNearAndEnrolsAfterwards() throws Exception {
    Duration lifetime = Duration.ofDays(4);
    try (Life life = new Life(lifetime)) {
      life.client.startInBackground();
      life.settle();
      toService.refuse();
      Instant end = life.client.credential().certificate().getNotAfter().toInstant();
      life.until(end.minus(Duration.ofMinutes(10)));
      long inDays = events.count("renewalFailed");
      // A day and a third at half an hour each in the long run, and a few quick ones at first.
      assertThat(inDays).isBetween(32L, 200L);
      life.until(end);
      assertThat(events.count("renewalFailed") - inDays).as("in ten minutes").isBetween(5L, 60L);
      life.live(Duration.ofDays(1));
      assertThat(events.count("enrolled")).isEqualTo(1);

      toService.recover();
      life.live(Duration.ofHours(1));
      assertThat(events.count("enrolled")).isEqualTo(2);
      assertThat(life.client.credential().certificate().getNotAfter().toInstant())
          .isAfter(timers.now());
      await().until(() -> events.count("moved") == 1);
    }
  }

  private final FakeTimers timers = new FakeTimers(Instant.now());

  /** A device with the waits of the field, whose days pass as fast as its threads allow. */
  private final class Life implements AutoCloseable {
    final DeviceClient client;

    Life(Duration lifetime) {
      Clock clock = new SettableClock(timers::now);
      est.clock = clock;
      est.lifetime = lifetime;
      DeviceClientBuilder builder = device()
          .clock(clock)
          .reconnectBackoff(Duration.ofMillis(500), Duration.ofMinutes(1))
          .refusedBackoff(Duration.ofMinutes(1), Duration.ofHours(1));
      Instant start = timers.now();
      client = builder.build(
          builder.believed(() -> Duration.between(start, timers.now()).toNanos()), timers);
    }

    void live(Duration time) {
      until(timers.now().plus(time));
    }

    void until(Instant moment) {
      settle();
      while (timers.next() != null && !timers.next().isAfter(moment)) {
        timers.advanceTo(timers.next());
        settle();
      }
      timers.advanceTo(moment);
    }

    /** Waits until nothing is under way that takes its own time. */
    void settle() {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> !isAlive("-renew")
              && !isAlive("-advice")
              && (client.isConnected() || !isAlive("-in")));
    }

    private static boolean isAlive(String name) {
      Thread[] threads = new Thread[Thread.activeCount() * 2 + 100];
      int count = Thread.enumerate(threads);
      for (int i = 0; i < count; i++) {
        if (threads[i].getName().equals("mintmark-d-1" + name)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
