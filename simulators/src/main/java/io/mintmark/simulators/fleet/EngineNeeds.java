package io.mintmark.simulators.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** What an engine needs of the system for so many devices. */
public final class EngineNeeds {

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String OPEN_FILES = "Max open files";

  /** Java's own files and libraries, selectors, state and results. */
  private static final int ITSELF = 200;

  /** A broker's own: its libraries, and the files that an embedded HiveMQ keeps its sessions in. */
  private static final int BROKER = 1_400;

  /** Connections to the service at a time. */
  private static final int ENROLLING = 32;

  private EngineNeeds() {}

  /** How many files, sockets among them, this process will have open at most. */
  public static long descriptors(int devices) {
    return ITSELF + ENROLLING + (long) devices;
  }

  /**
   * Whether this process may open as many files, and a broker that it starts.
   *
   * @param devices how many are played
   * @param others what else this process opens, as proxies in front of a broker
   * @param broker whether it starts the broker they connect to, as a process with the same limit
   * @return empty if it may, or where the system does not say; else one line with what to do
   */
  public static Optional<String> missing(int devices, long others, boolean broker) {
    OptionalLong limit = OptionalLong.empty();
    try {
      if (Files.isReadable(LIMITS)) {
        limit = limit(Files.readString(LIMITS));
      }
    } catch (IOException e) {
      // Where it cannot be known beforehand, the first socket too many tells.
    }
    return limit.isEmpty() ? Optional.empty() : missing(devices, others, broker, limit.getAsLong());
  }

  static Optional<String> missing(int devices, long others, boolean broker, long limit) {
    long here = descriptors(devices) + others;
    long there = broker ? BROKER + (long) devices : 0;
    long needed = Math.max(here, there);
    return needed <= limit
        ? Optional.empty()
        : Optional.of(
            ("%d devices need %d open files%s, and a process may have %d here: run 'ulimit -n %d' first (as"
                    + " root, or with a higher nofile in /etc/security/limits.conf)")
                .formatted(
                    devices,
                    needed,
                    there > here ? " in the temporary installation's broker" : "",
                    limit,
                    needed));
  }

  /** The soft limit of open files; empty if there is none. Java has raised it to the hard one. */
  static OptionalLong limit(String limits) {
    return limits
        .lines()
        .filter(line -> line.startsWith(OPEN_FILES))
        .map(line -> line.substring(OPEN_FILES.length()).strip().split("\\s+", -1)[0])
        .filter(soft -> soft.chars().allMatch(Character::isDigit))
        .mapToLong(Long::parseLong)
        .findFirst();
  }
}
