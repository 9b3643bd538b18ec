package io.mintmark.simulators;

/**
 * What came of a hostile move.
 *
 * @param held whether the system held: it refused, and nothing got through
 * @param saw what the intruder saw, and what got through if anything did
 */
record Verdict(boolean held, String saw) {

  /** Held if the client saw a refusal and nothing leaked; null means nothing did. */
  static Verdict of(Sighting sighting, String leak) {
    return leak == null
        ? new Verdict(sighting.refused(), sighting.toString())
        : new Verdict(false, sighting + ", and " + leak);
  }

  /** The move could not be made, which proves nothing. */
  static Verdict unproven(String why) {
    return new Verdict(false, why);
  }
}
