package io.mintmark.simulators.attack;

/**
 * What came of a hostile move.
 *
 * @param outcome whether the system held
 * @param saw what the intruder saw, and what got through if anything did
 */
public record Verdict(Outcome outcome, String saw) {

  /** Whether the system held. */
  public enum Outcome {
    /** It refused, and nothing got through. */
    HELD("held"),
    /** It let through what it must not. */
    LEAK("LEAK"),
    /** The move could not be made, or nothing can be said of what came of it. */
    UNPROVEN("unproven");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    /** As reports have it. */
    public String word() {
      return word;
    }
  }

  /** Whether the system held. */
  public boolean held() {
    return outcome == Outcome.HELD;
  }

  /** Held if the client saw a refusal and nothing leaked; null means nothing did. */
  static Verdict of(Sighting sighting, String leak) {
    if (leak != null) {
      return leak(sighting + ", and " + leak);
    }
    return switch (sighting.outcome()) {
      case REFUSED -> held(sighting.toString());
      case ACCEPTED -> leak(sighting.toString());
      case UNCLEAR -> unproven(sighting.toString());
    };
  }

  /** It refused. */
  static Verdict held(String saw) {
    return new Verdict(Outcome.HELD, saw);
  }

  /** It let something through. */
  static Verdict leak(String saw) {
    return new Verdict(Outcome.LEAK, saw);
  }

  /** The move could not be made, which proves nothing. */
  static Verdict unproven(String why) {
    return new Verdict(Outcome.UNPROVEN, why);
  }

  /** Several tries of one move: the worst counts, and all that was seen is said. */
  Verdict and(Verdict other) {
    Outcome worse =
        outcome == Outcome.LEAK || other.outcome == Outcome.HELD ? outcome : other.outcome;
    boolean same = outcome == other.outcome && saw.equals(other.saw);
    return new Verdict(worse, same ? saw : saw + "; " + other.saw);
  }
}
