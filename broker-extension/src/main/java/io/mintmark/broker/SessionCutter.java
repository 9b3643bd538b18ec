package io.mintmark.broker;

import com.hivemq.extension.sdk.api.services.session.ClientService;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends live sessions: those a new snapshot denies, and those {@link SessionClock} finds. A session
 * loses its permissions at once; then HiveMQ is asked to disconnect it, again and again until it is gone,
 * because HiveMQ may answer "no" (rate limit, a CONNECT it has not finished) or disconnect the
 * connection before a takeover instead.
 */
final class SessionCutter implements FeedListener {

  private static final Logger log = LoggerFactory.getLogger(SessionCutter.class);

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
          .ifPresent(objection -> cut(session, objection.refusal(), now));
    }
    stored.changed(before, after);
  }

  /**
   * Ends these sessions.
   *
   * @return how many of them had not been cut before
   */
  int cut(Collection<LiveSession> ending, Refusal reason) {
    long now = System.nanoTime();
    int cut = 0;
    for (LiveSession session : ending) {
      if (cut(session, reason, now)) {
        cut++;
      }
    }
    return cut;
  }

  private boolean cut(LiveSession session, Refusal reason, long now) {
    if (!session.cut(reason, now)) {
      return false;
    }
    observer.cut(session);
    later.run(0, () -> disconnect(session, FIRST_RETRY_MILLIS));
    return true;
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
              true, // its will is not delivered: nothing it says is, from now on
              session.cutReason().cutCode(),
              session.cutReason().text())
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
