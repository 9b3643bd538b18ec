package io.mintmark.simulators.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PhasesTest {

  private final Notes notes = new Notes();
  private final FakeFleet fleet = new FakeFleet(6);
  private final Play play = new Play(null, fleet, notes, Progress.none(), Path.of("."));

  @Test
  void enrolsEveryDeviceAndCountsWhatFailedByReason() throws Exception {
    fleet.failing.set(2);
    new EnrollPhase(Pace.of(2)).play(play);
    assertThat(fleet.done).hasSize(6);
    assertThat(notes.done).containsEntry("enroll", 5L);
    assertThat(notes.failed).containsEntry("enroll: it was told to fail", 1L);
  }

  @Test
  void lateTicksAreLatency() throws Exception {
    long[] first = {0};
    new Wave(notes, "slow").play(new int[] {0, 1, 2}, new Pace(1, new Pacer(1_000)), device -> {
      if (device == 0) {
        // Whoever is due meanwhile begins late.
        first[0] = System.nanoTime();
        while (System.nanoTime() - first[0] < 150_000_000) {
          Thread.onSpinWait();
        }
      }
      return CompletableFuture.completedFuture(null);
    });
    assertThat(notes.longestNanos.get("slow")).isGreaterThan(140_000_000);
    assertThat(notes.counted).containsEntry("ticks", 3L).containsEntry("ticks.late", 2L);
  }

  @Test
  void whatTakesTooLongHasFailedOnceAndHoldsUpNobody() throws Exception {
    CompletableFuture<Void> late = new CompletableFuture<>();
    Wave wave = new Wave(notes, "slow", Duration.ofMillis(50));
    wave.play(
        new int[] {0, 1, 2},
        Pace.of(1),
        device -> device == 0 ? late : CompletableFuture.completedFuture(null));
    late.complete(null);
    assertThat(notes.done).containsEntry("slow", 2L);
    assertThat(notes.failed).containsEntry("slow: no answer in time", 1L).hasSize(1);
    assertThat(wave.done()).isEqualTo(2);
  }

  @Test
  void aHerdIsTimedFromWhenThePortOpens() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    long[] back = {0};
    FleetEvents events = FleetEvents.of(fleet);
    events.present(3, true);
    try (ServerSocket broker = new ServerSocket()) {
      Target.Power power = (Target.Power) Proxy.newProxyInstance(
          getClass().getClassLoader(), new Class<?>[] {Target.Power.class}, (p, method, none) -> {
            if (method.getName().equals("start")) {
              spin(30);
              broker.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
              long open = System.nanoTime();
              spin(100);
              back[0] = System.nanoTime() - open;
              events.returned(3, Duration.ZERO);
            }
            return null;
          });
      Target target = (Target) Proxy.newProxyInstance(
          getClass().getClassLoader(),
          new Class<?>[] {Target.class},
          (p, method, none) -> switch (method.getName()) {
            case "brokerPower" -> Optional.of(power);
            case "brokerHost" -> "127.0.0.1";
            default -> port;
          });
      Play herd = new Play(
          target, fleet, notes, Progress.none(), Path.of("."), 1, List.of(), events, () -> false);
      new ConnectPhase("broker-restart", Pace.of(1), Duration.ofSeconds(1)).play(herd);
    }
    assertThat(notes.longestNanos.get("connect")).isGreaterThanOrEqualTo(back[0]);
    assertThat(notes.failed).isEmpty();
  }

  @Test
  void whoRenewedWithoutComingBackDoesNotCount() throws Exception {
    X509Certificate held = FakeFleet.living(Duration.ofHours(1));
    fleet.certificates.put(0, held);
    fleet.certificates.put(1, held);
    fleet.shown.put(1, held);
    // It is its own issuer.
    assertThat(new RolloverPhase.Present(fleet, new int[] {0, 1, 2}).renewedBy(held))
        .isOne();
  }

  private static void spin(long millis) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < millis * 1_000_000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void twoWatchesSayWhatThereIsAndNotTwiceThat() throws Exception {
    for (int i = 0; i < 2; i++) {
      new WatchPhase(Duration.ofMillis(1), Duration.ofMillis(5)).play(play);
    }
    assertThat(notes.counted.get("generator.threads"))
        .isBetween(1L, ManagementFactory.getThreadMXBean().getThreadCount() * 3L / 2);
  }

  @Test
  void churnAndRenewalsDoNotTakeTheSameDevice() {
    FleetEvents events = play.events();
    events.present(1, true);
    events.present(4, true);
    assertThat(events.takeNext(2)).isEqualTo(4);
    assertThat(events.takeNext(0)).isEqualTo(1);
    assertThat(events.takeNext(0)).isEqualTo(-1);
    events.free(4);
    assertThat(events.takeNext(5)).isEqualTo(4);
    assertThat(events.nextPresent(2)).isEqualTo(4);
    assertThat(events.nextPresent(5)).isEqualTo(1);
  }

  /** By the rate of 29 in a second the 30th is due a nanosecond before the second is over. */
  @Test
  void aWaveRenewsEachDeviceOnce() throws Exception {
    FakeFleet many = new FakeFleet(29);
    Play wave = new Play(null, many, notes, Progress.none(), Path.of("."));
    for (int i = 0; i < many.size(); i++) {
      wave.events().present(i, true);
    }
    new RenewPhase(Duration.ofSeconds(1), null).play(wave);
    assertThat(many.done).hasSize(29).doesNotHaveDuplicates();
    assertThat(notes.done).containsEntry("renew", 29L).containsEntry("renew.gap", 29L);
  }

  @Test
  void aDeviceThatCouldNotBeRevokedGoesOn() throws Exception {
    Target target = (Target) Proxy.newProxyInstance(
        Target.class.getClassLoader(), new Class<?>[] {Target.class}, (proxy, method, with) -> {
          throw new IOException("the service is away");
        });
    Play revoking = new Play(target, fleet, notes, Progress.none(), Path.of("."));
    revoking.events().present(3, true);
    new RevokePhase(1, new Pacer(1_000)).play(revoking);
    assertThat(notes.failed).containsEntry("revoke: the service is away", 1L);
    assertThat(revoking.events().isPresent(3)).isTrue();
  }

  @Test
  void aRolloverHasStoredCertificatesOfALongerLifeRenewedBeforeItWaitsForThem() throws Exception {
    fleet.certificates.put(1, FakeFleet.living(Duration.ofDays(7)));
    fleet.certificates.put(3, FakeFleet.living(Duration.ofSeconds(30)));
    fleet.certificates.put(4, FakeFleet.living(Duration.ofDays(7)));
    assertThat(RolloverPhase.renewed(play, new int[] {1, 3, 4})).hasSeconds(30);
    assertThat(fleet.done).containsExactly("renew 1", "renew 4");
  }

  @Test
  void aRolloverOfDevicesThatCannotRenewDoesNotBegin() {
    fleet.failing.set(1);
    assertThatThrownBy(() -> RolloverPhase.renewed(play, new int[] {1}))
        .hasMessageContaining("could not renew");
    assertThat(notes.failed).containsEntry("renew: it was told to fail", 1L);
  }

  @Test
  void booksTellLostFromLateAndRepeated() throws Exception {
    Books books = new Books(notes, "delivery", 7, 2);
    Stamp first = books.next(0, System.nanoTime());
    Stamp second = books.next(0, System.nanoTime());
    Stamp third = books.next(1, System.nanoTime());
    Stamp refused = books.next(1, System.nanoTime());
    // One arrives before the broker's answer does, and one again.
    books.arrived(first.payload(100));
    books.taken(first);
    books.taken(second);
    books.taken(third);
    books.failed();
    books.arrived(third.payload(Stamp.LENGTH));
    books.arrived(third.payload(Stamp.LENGTH));
    books.arrived(new Stamp(8, 0, 1, 0).payload(50));
    books.arrived("something else".getBytes(StandardCharsets.UTF_8));
    books.close(10);
    assertThat(refused.sequence()).isEqualTo(1);
    assertThat(notes.counted)
        .containsEntry("sent", 4L)
        .containsEntry("delivered", 2L)
        .containsEntry("duplicates", 1L)
        .containsEntry("lost", 1L);
  }

  @Test
  void verbsOfAStepArePlayedTogetherAndTheEndlessOneEndsWithTheOthers() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Phase bounded = phase(true, p -> {
      both.countDown();
      both.await();
    });
    Phase endless = phase(false, p -> {
      both.countDown();
      both.await();
      while (!p.over().getAsBoolean()) {
        Thread.sleep(1);
      }
      p.recorder().mark("ended");
    });
    new ScenarioRun(scenario(List.of(endless, bounded))).play(play);
    assertThat(notes.marks).containsExactly("some + some", "ended");
  }

  @Test
  void aVerbThatCannotBePlayedStopsTheOthersAndTheRun() {
    AtomicBoolean stopped = new AtomicBoolean();
    Phase failing = phase(true, p -> {
      throw new IOException("it cannot be");
    });
    Phase waiting = phase(true, p -> {
      try {
        new CountDownLatch(1).await();
      } finally {
        stopped.set(true);
      }
    });
    assertThatThrownBy(() -> new ScenarioRun(scenario(List.of(waiting, failing))).play(play))
        .isInstanceOf(IOException.class)
        .hasMessage("it cannot be");
    assertThat(stopped).isTrue();
  }

  private static Scenario scenario(List<Phase> step) {
    return new Scenario(
        "test",
        Scenario.SDK,
        new FleetId("fake"),
        6,
        Duration.ofDays(1),
        null,
        1,
        List.of(step),
        List.of(),
        "");
  }

  private interface Playing {
    void play(Play play) throws Exception;
  }

  private static Phase phase(boolean bounded, Playing playing) {
    return new Phase() {
      @Override
      public String verb() {
        return "some";
      }

      @Override
      public boolean endsByItself() {
        return bounded;
      }

      @Override
      public void play(Play play) throws Exception {
        playing.play(play);
      }
    };
  }
}
