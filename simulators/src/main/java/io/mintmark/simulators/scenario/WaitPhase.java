package io.mintmark.simulators.scenario;

import java.time.Duration;
import java.util.List;

/**
 * Nothing is done for a while.
 *
 * @param duration how long
 */
record WaitPhase(Duration duration) implements Phase {

  private static final String NAME = "wait";
  private static final Key DURATION = TimedLoop.DURATION;

  static final Verb VERB = new Verb(
      NAME,
      List.of(DURATION),
      settings -> new WaitPhase(settings
          .time(DURATION.name())
          .orElseThrow(() -> settings.wrong(DURATION.name(), "say how long, as in 5s"))));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public void play(Play play) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }
}
