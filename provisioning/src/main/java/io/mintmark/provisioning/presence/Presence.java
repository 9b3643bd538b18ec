package io.mintmark.provisioning.presence;

import io.mintmark.provisioning.Worded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether somebody is connected.
 *
 * @param state the answer
 * @param lastSeen when it was connected last, as far as reported; null if it never was
 * @param connections those there are; if there is none, the last one; never null
 */
public record Presence(State state, Instant lastSeen, List<ConnectionView> connections) {

  /** A broker that was not heard for longer may have lost its connections, or the service it. */
  public static final Duration UNHEARD_AFTER = Duration.ofMinutes(2);

  /** What has never been seen. */
  public static final Presence NEVER = new Presence(State.NEVER, null, List.of());

  /** Whether it is connected. */
  public enum State implements Worded {
    /** Its broker says so. */
    CONNECTED,
    /** Its broker said so, and is not heard any more. */
    UNKNOWN,
    /** It was, and is not. */
    AWAY,
    /** It was never seen. */
    NEVER
  }

  /**
   * A connection, ready for JSON.
   *
   * @param state connected, unknown or away
   * @param broker at which broker
   * @param clientId its MQTT client id
   * @param serial of its certificate, lower-case hex
   * @param address where it came from; null if that is not known
   * @param since when it began
   * @param until when it ended; null if it has not
   * @param ended why, one word; null if it has not
   */
  public record ConnectionView(
      State state,
      String broker,
      String clientId,
      String serial,
      String address,
      Instant since,
      Instant until,
      String ended) {}
}
