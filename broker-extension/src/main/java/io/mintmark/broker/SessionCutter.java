package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.Denial;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds each new snapshot against the live sessions and ends those it denies. A session loses its
 * permissions at once; then HiveMQ is asked to disconnect it, again and again until it is gone,
 * because HiveMQ may answer "no" (rate limit, a CONNECT it has not finished) or disconnect the
 * connection before a takeover instead.
 */
final class SessionCutter implements FeedListener {

  private static final Logger log = LoggerFactory.getLogger(SessionCutter.class);

  /** The word of a denial that is meant to be lifted again: its device's stored session stays. */
  private static final String SUSPENDED = "suspended";

  private static final long FIRST_RETRY_MILLIS = 5;
  private static final long LONGEST_RETRY_MILLIS = 1_000;

  /** A session gone for HiveMQ that long, and still listed, is one whose end we were not told. */
  private static final long LOST_AFTER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LiveSessions sessions;
  private final ClientService clients;
  private final StoredSessions stored;
  private final Later later;
  private final SessionObserver observer;

  SessionCutter(
      LiveSessions sessions,
      ClientService clients,
      StoredSessions stored,
      Later later,
      SessionObserver observer) {
    this.sessions = sessions;
    this.clients = clients;
    this.stored = stored;
    this.later = later;
    this.observer = observer;
  }

  @Override
  public void changed(FeedSnapshot before, FeedSnapshot after) {
    long now = System.nanoTime();
    for (LiveSession session : sessions.all()) {
      Admission.objection(after, session.identity(), session.serial(), session.issuers())
          .ifPresent(objection -> cut(session, objection, now));
    }
    for (Denial denial : after.deniedIdentities().values()) {
      if (isForGood(denial) && !isForGood(before.deniedIdentities().get(denial.subject()))) {
        stored.forget(denial.subject(), after);
      }
    }
  }

  /** A suspended device may be revoked later on, which is news then. */
  private static boolean isForGood(Denial denial) {
    return denial != null && !SUSPENDED.equals(denial.reason());
  }

  private void cut(LiveSession session, RefusedException objection, long now) {
    String reason = objection.refusal().word();
    if (session.cut(reason, now)) {
      observer.cut(session);
      later.run(0, () -> disconnect(session, FIRST_RETRY_MILLIS));
    }
  }

  private void disconnect(LiveSession session, long retryMillis) {
    if (!sessions.contains(session)) {
      return;
    }
    // Again in any case: an answer is no proof, only the end of the connection is.
    later.run(
        retryMillis, () -> disconnect(session, Math.min(retryMillis * 2, LONGEST_RETRY_MILLIS)));
    if (System.nanoTime() - session.cutAtNanos() > LOST_AFTER_NANOS) {
      dropIfLost(session);
    }
    // A newer connection with the same client id may be a good one (a re-keyed device); HiveMQ is
    // ending the older by itself then.
    if (!sessions.isSuperseded(session)) {
      CompletableFuture<Boolean> unused = clients
          .disconnectClient(
              session.clientId(),
              true, // its will is not delivered: nothing it says is, from the denial on
              DisconnectReasonCode.ADMINISTRATIVE_ACTION,
              "the certificate or its identity may not be used any more")
          .whenComplete((found, fault) -> {
            if (fault != null) {
              log.debug("HiveMQ would not disconnect {} yet: {}", session.identity(), fault);
            }
          });
    }
  }

  private void dropIfLost(LiveSession session) {
    CompletableFuture<Boolean> unused = clients
        .isClientConnected(session.clientId())
        .whenComplete((connected, fault) -> {
          if (Boolean.FALSE.equals(connected)) {
            log.warn("{} is gone, though HiveMQ did not say so", session.identity());
            session.end("lost");
            sessions.remove(session);
            observer.ended(session);
          }
        });
  }
}
