package io.mintmark.broker;

/**
 * What one client, and all of them together, may take of the runnable broker. Immutable.
 *
 * @param rates how often may be connected
 * @param connections open at once, or {@link #UNLIMITED}
 * @param packetBytes the longest MQTT packet a client may send
 * @param queuedMessages kept for one client that is away; more are dropped
 * @param bytesPerSecond read from all clients together, or {@link #UNLIMITED}
 */
public record BrokerLimits(
    ConnectRates rates,
    long connections,
    int packetBytes,
    int queuedMessages,
    long bytesPerSecond) {

  /** No limit. */
  public static final long UNLIMITED = -1;

  /** Where nobody chose others. */
  public static final BrokerLimits DEFAULT =
      new BrokerLimits(ConnectRates.DEFAULT, UNLIMITED, 1 << 20, 1000, UNLIMITED);

  /** Enough for a CONNECT, and what fits into the length of a packet (MQTT 5.0, section 2.1.4). */
  private static final int SHORTEST_PACKET = 1024;

  private static final int LONGEST_PACKET = 268_435_460;

  /** Holds the figures to what HiveMQ takes. */
  public BrokerLimits {
    require("the most connections", connections, 1, Integer.MAX_VALUE, true);
    require("the longest packet", packetBytes, SHORTEST_PACKET, LONGEST_PACKET, false);
    require("the most queued messages", queuedMessages, 1, Integer.MAX_VALUE, false);
    require("the bytes per second", bytesPerSecond, SHORTEST_PACKET, Long.MAX_VALUE, true);
  }

  private static void require(String what, long value, long least, long most, boolean orNone) {
    if ((value < least || value > most) && !(orNone && value == UNLIMITED)) {
      throw new IllegalArgumentException(what + " cannot be " + value + ": use " + least + " to "
          + most + (orNone ? ", or none" : ""));
    }
  }
}
