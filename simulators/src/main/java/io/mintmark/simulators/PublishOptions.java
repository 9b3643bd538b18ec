package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How much is published. Immutable.
 *
 * @param publishers how many devices publish
 * @param subscribers how many applications receive, each the messages of its share of the devices
 * @param payloadBytes of each message
 * @param rounds how often each broker is measured with each QoS, by turns
 * @param round how long each time
 * @param warmup how long each broker is loaded with each QoS before, unmeasured; may be 0
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record PublishOptions(
    int publishers,
    int subscribers,
    int payloadBytes,
    int rounds,
    Duration round,
    Duration warmup,
    Path folder) {

  private static final int MOST_CLIENTS = 10_000;
  private static final int MOST_BYTES = 10_000;
  private static final int MOST_ROUNDS = 1_000;

  /**
   * @throws IllegalArgumentException if that is not possible
   */
  public PublishOptions {
    require("publishers", publishers, 1, MOST_CLIENTS);
    require("subscribers", subscribers, 1, publishers);
    require("bytes of payload", payloadBytes, 0, MOST_BYTES);
    require("rounds", rounds, 1, MOST_ROUNDS);
    require("ms a round", round.toMillis(), 100, 600_000);
    require("ms of warming up", warmup.toMillis(), 0, 600_000);
  }

  private static void require(String what, long number, long least, long most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          number + " " + what + " are not possible: use " + least + " to " + most);
    }
  }
}
