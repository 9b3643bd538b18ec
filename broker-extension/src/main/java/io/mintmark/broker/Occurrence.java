package io.mintmark.broker;

import io.mintmark.identity.Printable;
import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionEvent.Kind;
import java.util.concurrent.TimeUnit;

/**
 * Something the service is to be told of a connection. It holds on to nothing of HiveMQ's, as it may
 * wait for a while. Immutable.
 *
 * @param kind what it is about
 * @param connection the number of the connection; 0 of one that was refused
 * @param identity the SPIFFE ID
 * @param serial of its certificate
 * @param clientId as the client named it
 * @param address where it came from; null if that is not known
 * @param atNanos {@link System#nanoTime} of when it happened
 * @param keepAlive seconds; null of what is not live
 * @param reason one word; null of what is live
 * @param bySerial the certificate that took it over; null if none did
 * @param byAddress where that came from; null if that is not known
 */
record Occurrence(
    Kind kind,
    long connection,
    String identity,
    String serial,
    String clientId,
    String address,
    long atNanos,
    Integer keepAlive,
    String reason,
    String bySerial,
    String byAddress) {

  /** Of JSON, without the values. */
  private static final int NAMES = 150;

  /** Of a client id that is told. */
  private static final int LONGEST = 220;

  /** It is live. */
  static Occurrence live(LiveSession session) {
    return of(Kind.CONNECTED, session, session.sinceNanos(), session.keepAlive(), null, null);
  }

  /**
   * It has ended.
   *
   * @param latest the connection with its client id that came last; null if none is there
   */
  static Occurrence ended(LiveSession session, LiveSession latest) {
    String how = session.isCut() ? session.cutReason().word() : session.end();
    LiveSession by = SessionEvent.TAKEN_OVER.equals(how) && latest != session ? latest : null;
    return of(Kind.ENDED, session, System.nanoTime(), null, how, by);
  }

  private static Occurrence of(
      Kind kind, LiveSession session, long at, Integer keepAlive, String reason, LiveSession by) {
    return new Occurrence(
        kind,
        session.number(),
        session.identity().spiffeId(),
        session.serial(),
        session.clientId(),
        session.address(),
        at,
        keepAlive,
        reason,
        by == null ? null : by.serial(),
        by == null ? null : by.address());
  }

  /** A certificate that was superseded was shown. */
  static Occurrence refused(RefusedConnect connect) {
    return new Occurrence(
        Kind.REFUSED,
        0,
        connect.device(),
        connect.serial(),
        connect.clientId(),
        connect.address(),
        System.nanoTime(),
        null,
        connect.reason().word(),
        null,
        null);
  }

  /** As it is told now. */
  SessionEvent event(long nowNanos) {
    return new SessionEvent(
        kind,
        connection,
        identity,
        serial,
        Printable.of(clientId),
        address,
        Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - atNanos)),
        keepAlive,
        reason,
        bySerial,
        byAddress);
  }

  /** About how much JSON it makes. */
  int length() {
    int length = NAMES + identity.length() + serial.length() + Math.min(clientId.length(), LONGEST);
    length += address == null ? 0 : address.length();
    return bySerial == null ? length : length + NAMES + bySerial.length();
  }
}
