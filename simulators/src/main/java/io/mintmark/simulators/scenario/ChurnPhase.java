package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Connected devices leave, one after the other at a rate, stay away for a while and connect again.
 *
 * @param loop of the leaving
 * @param away how long each stays away
 */
record ChurnPhase(TimedLoop loop, Duration away) implements Phase {

  private static final String NAME = "churn";
  private static final Key RATE = new Key("rate", "RATE", "How many leave in a time: 5/s.");
  private static final Key AWAY = new Key("away", "TIME", "How long each stays away.");

  /** What the device has just published is to be answered first. */
  private static final long GRACE_MILLIS = 500;

  static final Verb VERB = new Verb(
      NAME,
      List.of(RATE, AWAY, TimedLoop.DURATION),
      settings -> new ChurnPhase(
          new TimedLoop(
              new Pacer(settings.rate(RATE.name()).orElse(1.0)),
              settings.time(TimedLoop.DURATION.name()).orElse(null)),
          settings.duration(AWAY.name(), Duration.ofSeconds(1))));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public Needs needs() {
    return Needs.CONNECTED;
  }

  @Override
  public boolean endsByItself() {
    return loop.endsByItself();
  }

  @Override
  public void play(Play play) throws InterruptedException {
    Phaser gone = new Phaser(1);
    Random random = new Random(play.seed());
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      loop.play(play, (number, due) -> {
        int device = play.events().takeNext(random.nextInt(play.fleet().size()));
        if (device >= 0) {
          gone.register();
          play.events().present(device, false);
          var unused = clock.schedule(
              () -> leave(play, device, gone, clock), GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
      });
      Ending.await(gone);
    } finally {
      clock.shutdownNow();
    }
  }

  private void leave(Play play, int device, Phaser gone, ScheduledExecutorService clock) {
    long start = System.nanoTime();
    var unused = Wave.follow(
            play.recorder(), "disconnect", start, () -> play.fleet().disconnect(device))
        .whenComplete((ok, failure) -> {
          long due = System.nanoTime() + away.toNanos();
          var unusedReturn = clock.schedule(
              () -> comeBack(play, device, due, gone), away.toNanos(), TimeUnit.NANOSECONDS);
        });
  }

  private static void comeBack(Play play, int device, long due, Phaser gone) {
    var unused = Wave.follow(
            play.recorder(), "connect", due, () -> ConnectPhase.connect(play, device))
        .whenComplete((ok, failure) -> {
          play.events().free(device);
          gone.arriveAndDeregister();
        });
  }
}
