package io.mintmark.broker;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each refusal and each cut, with the same keys in the same order. */
final class SessionLog implements SessionObserver {

  private static final Logger log = LoggerFactory.getLogger(SessionLog.class);

  @Override
  public void admitted(LiveSession session) {
    log.debug("admitted {} serial={}", session.identity(), session.serial());
  }

  @Override
  public void refused(RefusedConnect connect) {
    log.info(
        "refused reason={} device={} serial={} clientId={} address={} detail={}",
        connect.reason().word(),
        orDash(connect.device()),
        orDash(connect.serial()),
        Quoted.of(connect.clientId()),
        orDash(connect.address()),
        Quoted.of(connect.detail()));
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
