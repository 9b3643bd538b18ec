package io.mintmark.provisioning.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.ca.KeyUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a route throws into a status and its words, and has its one line written to the log.
 * The only place that knows which status belongs to which {@link Refusal.Kind}.
 */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final String RETRY_AFTER_SECONDS = "5";
  private static final String KEY_RETRY_AFTER_SECONDS = "60";
  private static final String KEY_AWAY =
      "nothing can be signed now: the CA's key cannot be used; the service's log has the cause";
  private static final String BLAND = "internal error; the service's log has the cause";

  private final ErrorFormat format;

  Answers(ErrorFormat format) {
    this.format = format;
  }

  /** The table. */
  static int status(Refusal.Kind kind) {
    return switch (kind) {
      case PENDING -> 202;
      case INVALID -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case FIRST_TELL -> 428;
      case TOO_MANY -> 429;
      case LATER -> 503;
    };
  }

  void register(JavalinConfig config) {
    config.routes.exception(Refusal.class, this::refused);
    config.routes.exception(HttpResponseException.class, this::refusedByProtocol);
    config.routes.exception(CancellationException.class, (e, ctx) -> stopping(ctx));
    config.routes.exception(KeyUnavailableException.class, this::cannotSign);
    config.routes.exception(Exception.class, this::failed);
    config.router.javaLangErrorHandler(this::failedBadly);
  }

  private void refused(Refusal refusal, Context ctx) {
    int status = status(refusal.kind());
    if (status == 503 || status == 429 || status == 202) {
      // RFC 7030, section 4.2.3, and RFC 6585, section 4, have them with a time to wait for.
      ctx.header(
          Header.RETRY_AFTER,
          refusal.retryAfter().map(d -> Long.toString(d.toSeconds())).orElse(RETRY_AFTER_SECONDS));
    }
    answer(ctx, status, refusal.getMessage(), refusal.details());
    if (status == 202 && !readsText(ctx)) {
      // BouncyCastle's client takes a 202 for broken when it has a body.
      ctx.result(new byte[0]);
    }
  }

  /** Whether the client says that it reads what people read. */
  private static boolean readsText(Context ctx) {
    String accept = ctx.header(Header.ACCEPT);
    return accept != null && (accept.contains("*/*") || accept.contains("text/"));
  }

  /** What concerns HTTP alone: 401, 405, 413, 415 and paths there is no route for. */
  private void refusedByProtocol(HttpResponseException e, Context ctx) {
    String message = e.getMessage();
    if (e instanceof MethodNotAllowedResponse) {
      // RFC 9110, section 15.5.6: Allow is not optional. Javalin lists the methods as a detail.
      String allowed = String.join(", ", e.getDetails().values());
      ctx.header(Header.ALLOW, allowed);
      message = "method " + Printable.of(ctx.req().getMethod()) + " is not allowed: use " + allowed;
    } else if (e.getStatus() == 404) {
      message = "there is nothing at " + Printable.of(ctx.path());
    }
    answer(ctx, e.getStatus(), message, List.of());
  }

  private void stopping(Context ctx) {
    ctx.header(Header.RETRY_AFTER, RETRY_AFTER_SECONDS);
    write(ctx, 503, "the service is stopping", List.of());
  }

  /** Nobody's request is wrong, and only a person can help: no trace, and the cause for the log. */
  private void cannotSign(KeyUnavailableException e, Context ctx) {
    LOG.error(
        "{} {} put off with 503: {}; see that the key is there, then start the service again",
        ctx.req().getMethod(),
        Printable.of(ctx.path()),
        Printable.of(e.getMessage()));
    ctx.header(Header.RETRY_AFTER, KEY_RETRY_AFTER_SECONDS);
    write(ctx, 503, KEY_AWAY, List.of());
  }

  private void failed(Exception e, Context ctx) {
    LOG.error("{} {} failed", ctx.req().getMethod(), Printable.of(ctx.path()), e);
    write(ctx, 500, BLAND, List.of());
  }

  private void failedBadly(HttpServletResponse response, Error error) {
    LOG.error("a request failed", error);
    response.setStatus(500);
    response.setContentType(format.contentType());
    try {
      response.getWriter().write(format.body(BLAND, List.of()));
    } catch (IOException | IllegalStateException e) {
      LOG.debug("the client could not be told", e);
    }
  }

  private void answer(Context ctx, int status, String message, List<String> details) {
    RefusalLog.write(
        ctx.req().getMethod(),
        ctx.path(),
        OperatorAuthentication.operatorIfAny(ctx)
            .map(operator -> "operator: " + operator)
            .orElseGet(() -> "client certificate: " + PeerCertificates.describe(ctx)),
        ctx.ip(),
        status,
        details.isEmpty() ? message : message + " [" + details.size() + " details]");
    write(ctx, status, message, details);
  }

  private void write(Context ctx, int status, String message, List<String> details) {
    ctx.status(status);
    ctx.contentType(format.contentType());
    ctx.result(format.body(message, details));
  }
}
