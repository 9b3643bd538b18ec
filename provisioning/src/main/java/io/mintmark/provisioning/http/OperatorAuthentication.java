package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.identity.RateLimiter;
import io.mintmark.provisioning.Operators;
import io.mintmark.provisioning.limits.ClientAddress;
import io.mintmark.provisioning.limits.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Asks for an operator's bearer token (RFC 6750) before anything else on the port is looked at, and
 * before a body is read. The token itself goes no further than the question whose it is. Thread-safe.
 */
final class OperatorAuthentication extends Handler.Wrapper {

  private static final String SCHEME = "Bearer ";
  private static final String ATTRIBUTE = "mintmark.operator";

  private final Operators operators;
  private final Limits limits;
  private final EarlyAnswer early;
  private final RateLimiter<ClientAddress> failures;

  OperatorAuthentication(
      Operators operators, Limits limits, EarlyAnswer early, LongSupplier nanoTime) {
    this.operators = operators;
    this.limits = limits;
    this.early = early;
    this.failures =
        new RateLimiter<>(limits.rates().failedTokens(), ConnectionGate.MOST_ADDRESSES, nanoTime);
  }

  /** The name of the operator who sent the request, for the audit. */
  static String operator(Context ctx) {
    return Objects.requireNonNull(ctx.attribute(ATTRIBUTE));
  }

  /** The operator's name; empty before one was authenticated, and on the devices' port. */
  static Optional<String> operatorIfAny(Context ctx) {
    return Optional.ofNullable(ctx.attribute(ATTRIBUTE));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header == null) {
      String message = "an operator's token is required: Authorization: Bearer TOKEN";
      return unauthorized(request, response, callback, "", message);
    }
    // RFC 9110, section 11.1: the scheme is compared without regard to case.
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      String message = "only Authorization: Bearer TOKEN is accepted";
      return unauthorized(request, response, callback, "", message);
    }
    InetAddress from = address(request);
    // Before the token is looked at, or an answer would be had for each guess.
    long wait = failures.look(ClientAddress.of(from));
    if (wait > 0) {
      return tooMany(request, response, callback, wait);
    }
    Optional<String> operator =
        operators.authenticate(header.substring(SCHEME.length()).strip());
    if (operator.isPresent()) {
      request.setAttribute(ATTRIBUTE, operator.get());
      return super.handle(request, response, callback);
    }
    wait = limits.isExempt(from) ? 0 : failures.take(ClientAddress.of(from));
    return wait > 0
        ? tooMany(request, response, callback, wait)
        : unauthorized(
            request,
            response,
            callback,
            ", error=\"invalid_token\"",
            "the token is not an operator's of this service");
  }

  /** No name server is asked: it is the connection's. */
  private static InetAddress address(Request request) {
    return ((InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress())
        .getAddress();
  }

  private boolean tooMany(Request request, Response response, Callback callback, long wait) {
    String message = "too many wrong tokens came from your address: try again in " + wait + "s";
    early.later(request, response, callback, HttpStatus.TOO_MANY_REQUESTS_429, message, wait);
    return true;
  }

  private boolean unauthorized(
      Request request, Response response, Callback callback, String error, String message) {
    response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"mintmark\"" + error);
    early.write(request, response, callback, HttpStatus.UNAUTHORIZED_401, message);
    return true;
  }
}
