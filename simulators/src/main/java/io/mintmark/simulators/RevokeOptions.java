package io.mintmark.simulators;

import java.nio.file.Path;

/**
 * How many sessions there are and how many of them end. Immutable.
 *
 * @param sessions live ones, each of a device of its own
 * @param revocations how many devices are revoked one by one
 * @param perSecond how many a second, whatever becomes of those before
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record RevokeOptions(int sessions, int revocations, double perSecond, Path folder) {

  private static final int MOST_SESSIONS = 20_000;
  private static final double MOST_PER_SECOND = 1_000;

  /**
   * @throws IllegalArgumentException if that is not possible
   */
  public RevokeOptions {
    require(
        sessions >= 1 && sessions <= MOST_SESSIONS,
        sessions + " sessions are not possible: use 1 to " + MOST_SESSIONS);
    require(
        revocations >= 1 && revocations <= sessions,
        revocations + " revocations are not possible: use 1 to the number of sessions");
    require(
        perSecond > 0 && perSecond <= MOST_PER_SECOND,
        perSecond + " a second is not possible: use more than 0 and at most " + MOST_PER_SECOND);
  }

  private static void require(boolean rule, String otherwise) {
    if (!rule) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
