package io.mintmark.simulators.scenario;

import java.util.stream.IntStream;

/**
 * Devices obtain their operational certificates; those that have one already do nothing.
 *
 * @param pace how many
 */
record EnrollPhase(Pace pace) implements Phase {

  private static final String NAME = "enroll";
  private static final int AT_ONCE = 16;

  static final Verb VERB =
      new Verb(NAME, Pace.KEYS, settings -> new EnrollPhase(Pace.of(settings, AT_ONCE)));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public Needs needs() {
    return Needs.DEVICES;
  }

  @Override
  public void play(Play play) throws InterruptedException {
    int size = play.fleet().size();
    int[] without = IntStream.range(0, size)
        .filter(device -> play.fleet().certificate(device).isEmpty())
        .toArray();
    if (without.length < size) {
      play.progress()
          .step((size - without.length) + " of " + size + " devices are enrolled already");
    }
    new Wave(play.recorder(), NAME).play(without, pace, play.fleet()::enrol);
  }
}
