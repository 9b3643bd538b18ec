package io.mintmark.provisioning.presence;

import io.mintmark.identity.SessionEvent;
import java.time.Instant;

/**
 * A connection a broker told of.
 *
 * @param number the broker's number for it
 * @param identity the SPIFFE ID
 * @param clientId its MQTT client id
 * @param serial of its certificate, lower-case hex
 * @param address where it came from; null if that is not known
 * @param keepAlive the seconds it may be silent for; 0 for any
 * @param at when it began or, of one that has ended, when that was; milliseconds since 1970, by the
 *     clock of this service
 * @param ended why it ended; null of one that has not
 */
public record Connection(
    long number,
    String identity,
    String clientId,
    String serial,
    String address,
    int keepAlive,
    long at,
    String ended) {

  static Connection of(SessionEvent event, Instant received) {
    return new Connection(
        event.connection(),
        event.identity(),
        event.clientId(),
        event.serial(),
        event.address(),
        event.keepAlive() == null ? 0 : event.keepAlive(),
        received.toEpochMilli() - event.millisAgo(),
        event.kind() == SessionEvent.Kind.CONNECTED ? null : event.reason());
  }
}
