package io.mintmark.provisioning.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.mintmark.identity.RateLimiter;
import io.mintmark.provisioning.Operators;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.limits.ClientAddress;
import io.mintmark.provisioning.limits.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Asks for an operator's bearer token (RFC 6750) before anything else on the port is looked at. The
 * token itself goes no further than the question whose it is.
 */
final class OperatorAuthentication {

  private static final String SCHEME = "Bearer ";
  private static final String ATTRIBUTE = "mintmark.operator";

  private final Operators operators;
  private final Limits limits;
  private final RateLimiter<ClientAddress> failures;

  OperatorAuthentication(Operators operators, Limits limits, LongSupplier nanoTime) {
    this.operators = operators;
    this.limits = limits;
    this.failures =
        new RateLimiter<>(limits.rates().failedTokens(), ConnectionGate.MOST_ADDRESSES, nanoTime);
  }

  void register(RoutesConfig routes) {
    routes.before(this::authenticate);
  }

  /** The name of the operator who sent the request, for the audit. */
  static String operator(Context ctx) {
    return Objects.requireNonNull(ctx.attribute(ATTRIBUTE));
  }

  /** The operator's name; empty before one was authenticated, and on the devices' port. */
  static Optional<String> operatorIfAny(Context ctx) {
    return Optional.ofNullable(ctx.attribute(ATTRIBUTE));
  }

  private void authenticate(Context ctx) throws Refusal {
    String header = ctx.header(Header.AUTHORIZATION);
    if (header == null) {
      throw unauthorized(ctx, "", "an operator's token is required: Authorization: Bearer TOKEN");
    }
    // RFC 9110, section 11.1: the scheme is compared without regard to case.
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorized(ctx, "", "only Authorization: Bearer TOKEN is accepted");
    }
    InetAddress from = address(ctx);
    refuseGuessing(failures.look(ClientAddress.of(from)));
    String token = header.substring(SCHEME.length()).strip();
    Optional<String> operator = operators.authenticate(token);
    if (operator.isEmpty()) {
      if (!limits.isExempt(from)) {
        refuseGuessing(failures.take(ClientAddress.of(from)));
      }
      throw unauthorized(
          ctx, ", error=\"invalid_token\"", "the token is not an operator's of this service");
    }
    ctx.attribute(ATTRIBUTE, operator.get());
  }

  /** Before the token is looked at, or an answer would be had for each guess. */
  private static void refuseGuessing(long wait) throws Refusal {
    if (wait > 0) {
      throw Refusal.tooMany("too many wrong tokens came from your address", wait);
    }
  }

  /** No name server is asked: the servlet's address is a literal. */
  private static InetAddress address(Context ctx) {
    try {
      return InetAddress.getByName(ctx.req().getRemoteAddr());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("a client's address is no name", e);
    }
  }

  private static HttpResponseException unauthorized(Context ctx, String error, String message) {
    ctx.header(Header.WWW_AUTHENTICATE, "Bearer realm=\"mintmark\"" + error);
    return new HttpResponseException(401, message);
  }
}
