package io.mintmark.identity;

/**
 * What became of one connection at a broker, told to the service; on the wire as JSON, what is null
 * left out.
 *
 * @param kind what it is about
 * @param connection the broker's number for the connection, greater than that of any before it in
 *     the same run; 0 of one that was refused
 * @param identity the SPIFFE ID of its certificate
 * @param serial the serial number of its certificate, lower-case hex
 * @param clientId its MQTT client id, printable and cut to a bearable length
 * @param address where it came from; null if that is not known
 * @param millisAgo how long before the report was sent it happened; of one that is told as live, how
 *     long ago it began
 * @param keepAlive of a live one the seconds it may be silent for, 0 for any; null of others
 * @param reason why it ended or was refused, one word; null of a live one
 * @param bySerial of one that was taken over: the certificate that did it; else null
 * @param byAddress of one that was taken over: where that came from; null if that is not known
 */
public record SessionEvent(
    Kind kind,
    long connection,
    String identity,
    String serial,
    String clientId,
    String address,
    long millisAgo,
    Integer keepAlive,
    String reason,
    String bySerial,
    String byAddress) {

  /** The reason of a connection that ended because another one came with its client id. */
  public static final String TAKEN_OVER = "session-taken-over";

  /** What an event is about. */
  public enum Kind {
    /** A connection was admitted. */
    CONNECTED,
    /** One that had been admitted is gone. */
    ENDED,
    /** A superseded certificate was shown and refused. */
    REFUSED
  }
}
