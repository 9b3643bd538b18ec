package io.mintmark.broker;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each refusal and each cut, with the same keys in the same order. */
final class SessionLog implements SessionObserver {

  private static final Logger log = LoggerFactory.getLogger(SessionLog.class);

  private static final String REFUSED =
      "refused reason={} device={} serial={} clientId={} address={} detail={}";

  private static final String CLOSED =
      "closed reason={} device={} serial={} clientId={} address={} detail={}";

  /** Why sessions end day by day: nobody did anything wrong. */
  private static final Set<String> ORDINARY =
      Set.of("session-taken-over", "keep-alive-timeout", "server-shutting-down");

  private final BoundedLog tooMany =
      new BoundedLog(log, "refusals of who connects too often", System::nanoTime);

  @Override
  public void admitted(LiveSession session) {
    if (log.isDebugEnabled()) {
      log.debug("admitted {} serial={}", session.identity(), session.serial());
    }
  }

  @Override
  public void refused(RefusedConnect connect) {
    Object[] values = {
      connect.reason().word(),
      orDash(connect.device()),
      orDash(connect.serial()),
      Quoted.of(connect.clientId()),
      orDash(connect.address()),
      Quoted.of(connect.detail())
    };
    if (connect.reason() == Refusal.CONNECT_RATE || connect.reason() == Refusal.DEVICE_RATE) {
      tooMany.info(REFUSED, values);
    } else {
      log.info(REFUSED, values);
    }
  }

  @Override
  public void closed(LiveSession session, String reason, String detail) {
    Object[] values = {
      reason,
      session.identity(),
      session.serial(),
      Quoted.of(session.clientId()),
      orDash(session.address()),
      detail == null ? "-" : Quoted.of(detail)
    };
    if (ORDINARY.contains(reason)) {
      log.debug(CLOSED, values);
    } else {
      log.info(CLOSED, values);
    }
  }

  @Override
  public void cut(LiveSession session) {
    log.debug(
        "cutting {} serial={} reason={}",
        session.identity(),
        session.serial(),
        session.cutReason());
  }

  /** Says how long a cut one took. */
  @Override
  public void ended(LiveSession session) {
    if (session.isCut()) {
      log.info(
          "cut reason={} device={} serial={} clientId={} millis={}",
          session.cutReason(),
          session.identity(),
          session.serial(),
          Quoted.of(session.clientId()),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - session.cutAtNanos()));
    }
  }

  private static String orDash(String value) {
    return value == null ? "-" : value;
  }
}
