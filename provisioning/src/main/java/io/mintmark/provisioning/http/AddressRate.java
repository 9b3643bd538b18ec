package io.mintmark.provisioning.http;

import io.mintmark.identity.Rate;
import io.mintmark.identity.RateLimiter;
import io.mintmark.provisioning.limits.ClientAddress;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers 429 (RFC 6585, section 4) to an address that asks too often. Thread-safe. */
final class AddressRate extends Handler.Wrapper {

  private final ConnectionGate gate;
  private final EarlyAnswer early;
  private final RateLimiter<ClientAddress> rate;

  AddressRate(ConnectionGate gate, EarlyAnswer early, Rate rate, LongSupplier nanoTime) {
    this.gate = gate;
    this.early = early;
    this.rate = new RateLimiter<>(rate, ConnectionGate.MOST_ADDRESSES, nanoTime);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    ClientConnection connection = gate.of(request);
    long wait = connection == null || connection.isExempt() ? 0 : rate.take(connection.address());
    if (wait == 0) {
      return super.handle(request, response, callback);
    }
    String message = "too many requests from your address: try again in " + wait + "s";
    early.later(request, response, callback, HttpStatus.TOO_MANY_REQUESTS_429, message, wait);
    return true;
  }
}
