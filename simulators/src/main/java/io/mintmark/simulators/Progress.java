package io.mintmark.simulators;

/** Where a scenario says what it is doing. Called from any thread, and never for a result. */
public interface Progress {

  /** A new step begins: one line that stays. */
  void step(String line);

  /** Where the step is now; takes the place of the update before it, or may be left out. */
  void update(String line);

  /** Says nothing. */
  static Progress none() {
    return new Progress() {
      @Override
      public void step(String line) {}

      @Override
      public void update(String line) {}
    };
  }
}
