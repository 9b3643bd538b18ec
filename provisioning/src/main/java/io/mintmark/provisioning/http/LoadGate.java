package io.mintmark.provisioning.http;

import io.mintmark.provisioning.limits.Limits;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Works on so many requests at once and lets so many wait, so that threads are left for handshakes
 * and no queue is without an end; the rest is told to come back. Thread-safe.
 */
final class LoadGate extends QoSHandler {

  private static final long RETRY_AFTER_SECONDS = 5;

  private final EarlyAnswer early;

  LoadGate(EarlyAnswer early, Limits.Requests limits) {
    this.early = early;
    setMaxRequestCount(limits.atOnce());
    setMaxSuspendedRequestCount(limits.queued());
    setMaxSuspend(limits.queuedFor());
    // A parked request is not worked on; how many there may be is said elsewhere.
    excludePath(FeedRoute.PATH);
  }

  @Override
  protected void reject(Request request, Response response, Callback callback, int status) {
    busy(request, response, callback);
  }

  @Override
  protected void expireSuspended(Request request, Response response, Callback callback) {
    busy(request, response, callback);
  }

  private void busy(Request request, Response response, Callback callback) {
    early.later(
        request,
        response,
        callback,
        HttpStatus.SERVICE_UNAVAILABLE_503,
        "the service is busy: try again in " + RETRY_AFTER_SECONDS + "s",
        RETRY_AFTER_SECONDS);
  }
}
