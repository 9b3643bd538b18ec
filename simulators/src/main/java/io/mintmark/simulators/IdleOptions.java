package io.mintmark.simulators;

import java.nio.file.Path;

/**
 * How many sessions are idle. Immutable.
 *
 * @param sessions each of a device of its own
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record IdleOptions(int sessions, Path folder) {

  private static final int MOST = 20_000;

  /**
   * @throws IllegalArgumentException if so many are not possible
   */
  public IdleOptions {
    if (sessions < 1 || sessions > MOST) {
      throw new IllegalArgumentException(sessions + " sessions are not possible: use 1 to " + MOST);
    }
  }
}
