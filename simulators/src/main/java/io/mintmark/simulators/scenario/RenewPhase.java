package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;

/**
 * Connected devices renew: each once, in a wave of so long; or one after the other at a rate, round and
 * round.
 *
 * @param over how long the wave is; null for a rate
 * @param loop of a rate; null for a wave
 */
record RenewPhase(Duration over, TimedLoop loop) implements Phase {

  private static final String NAME = "renew";
  private static final Key OVER =
      new Key("over", "TIME", "A wave: every device once, spread over this time.");
  private static final Duration WAVE = Duration.ofSeconds(10);

  static final Verb VERB =
      new Verb(NAME, List.of(OVER, Pace.RATE, TimedLoop.DURATION), RenewPhase::of);

  private static RenewPhase of(Settings settings) {
    Optional<Double> rate = settings.rate(Pace.RATE.name());
    Duration time = settings.time(TimedLoop.DURATION.name()).orElse(null);
    if (rate.isPresent()) {
      if (settings.has(OVER.name())) {
        throw settings.wrong(OVER.name(), "there is a 'rate', too: leave one of them out");
      }
      return new RenewPhase(null, new TimedLoop(new Pacer(rate.get()), time));
    }
    if (time != null) {
      throw settings.wrong(
          TimedLoop.DURATION.name(),
          "a wave lasts as long as its 'over'; a duration needs a 'rate'");
    }
    return new RenewPhase(settings.time(OVER.name()).orElse(WAVE), null);
  }

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
    return loop == null || loop.endsByItself();
  }

  @Override
  public void play(Play play) throws InterruptedException {
    Phaser running = new Phaser(1);
    int devices = play.events().present().length;
    long most = loop == null ? devices : Long.MAX_VALUE;
    int[] last = {-1};
    TimedLoop.Tick tick = (number, due) -> {
      // The last of a wave may be due a rounding before its end, and then there is one tick more.
      int device = number < most ? play.events().takeNext(last[0] + 1) : -1;
      if (device >= 0) {
        last[0] = device;
        running.register();
        renew(play, device, due, running);
      }
    };
    if (loop != null) {
      loop.play(play, tick);
    } else if (devices > 0) {
      new TimedLoop(new Pacer(devices / (double) over.toSeconds()), over).play(play, tick);
    }
    Ending.await(running);
  }

  private static void renew(Play play, int device, long due, Phaser running) {
    CompletableFuture<?> renewal = Wave.follow(
        play.recorder(),
        NAME,
        due,
        () -> play.fleet().renew(device).thenAccept(gap -> {
          long now = System.nanoTime();
          play.recorder().done("renew.gap", now - gap.toNanos(), now);
        }));
    var unused = renewal.whenComplete((ok, failure) -> {
      play.events().free(device);
      running.arriveAndDeregister();
    });
  }
}
