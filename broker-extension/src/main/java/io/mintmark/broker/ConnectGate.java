package io.mintmark.broker;

import io.mintmark.identity.RateLimiter;
import java.util.function.LongSupplier;

/**
 * How often may be connected. What costs most, the TLS handshake, is over by then; what is spared is
 * the rest: sessions taken over, messages sent again, a log full of it. Thread-safe.
 */
final class ConnectGate {

  private static final String ALL = "all";
  private static final int MOST_CERTIFICATES = 200_000;

  private final RateLimiter<String> broker;
  private final RateLimiter<String> certificates;

  /**
   * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
   */
  ConnectGate(ConnectRates rates, LongSupplier nanoTime) {
    broker = new RateLimiter<>(rates.broker(), 1, nanoTime);
    certificates = new RateLimiter<>(rates.device(), MOST_CERTIFICATES, nanoTime);
  }

  /**
   * Counts a CONNECT, whoever sent it.
   *
   * @throws RefusedException if there are too many
   */
  void arrived() throws RefusedException {
    refuse(broker.take(ALL), Refusal.CONNECT_RATE);
  }

  /**
   * Counts one with a certificate that was validated. By the certificate and not by the identity: one
   * that was stolen and revoked must not use up what is the device's own.
   *
   * @param serial the certificate's serial number
   * @throws RefusedException if there are too many
   */
  void identified(String serial) throws RefusedException {
    refuse(certificates.take(serial), Refusal.DEVICE_RATE);
  }

  private static void refuse(long seconds, Refusal refusal) throws RefusedException {
    if (seconds > 0) {
      throw new RefusedException(refusal, "again in " + seconds + " s");
    }
  }
}
