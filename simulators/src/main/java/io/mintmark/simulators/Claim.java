package io.mintmark.simulators;

/**
 * One thing a scenario was to show, and whether it did.
 *
 * @param name what is claimed
 * @param passed whether it held
 * @param figure what was measured, short: {@code 50/50 (212/s)}
 * @param detail how it was seen, or why it failed; may be empty
 */
public record Claim(String name, boolean passed, String figure, String detail) {

  /** A claim that was put to the test. */
  public static Claim of(String name, boolean passed, String figure, String detail) {
    return new Claim(name, passed, figure, detail);
  }

  /** A claim that could not be put to the test, which is a failure. */
  public static Claim notRun(String name, String why) {
    return new Claim(name, false, "not run", why);
  }

  /** The same claim, failed after all. */
  public Claim refuted(String why) {
    return new Claim(name, false, figure, detail.isEmpty() ? why : why + "; " + detail);
  }
}
