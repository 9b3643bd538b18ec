package io.mintmark.provisioning;

import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that nothing is issued that the issuing CA's own end would cut to nothing, and that
 * somebody hears of it. Thread-safe.
 */
final class IssuerEnd {

  private static final Logger LOG = LoggerFactory.getLogger(IssuerEnd.class);

  /** A certificate shorter than it was meant to be is worth its handshake only if it lasts so long. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /** Only a person can help; the log hears of it as often. */
  private static final Duration RETRY = Duration.ofHours(1);

  private final Supplier<X509Certificate> issuing;
  private final AtomicReference<Instant> said = new AtomicReference<>(Instant.MIN);

  /**
   * @param issuing the CA that signs, which may be another each time
   */
  IssuerEnd(Supplier<X509Certificate> issuing) {
    this.issuing = issuing;
  }

  /**
   * Requires that a certificate of this lifetime fits in, or a minute of it.
   *
   * @throws Refusal LATER if it does not, or the clock is outside the CA's validity
   */
  void requireRoom(Duration lifetime, Instant now) throws Refusal {
    Validity validity = Validity.of(issuing.get());
    Duration needed = lifetime.compareTo(SHORTEST) < 0 ? lifetime : SHORTEST;
    if (validity.contains(now) && !now.plus(needed).isAfter(validity.notAfter())) {
      return;
    }
    Instant before = said.get();
    if (before.isBefore(now.minus(RETRY)) && said.compareAndSet(before, now)) {
      LOG.error(
          "no certificate can be issued at {}: the issuing CA is valid {}; {}",
          now,
          validity,
          advice(validity, now));
    }
    throw new Refusal(
        Refusal.Kind.LATER,
        "no certificate can be issued now: the service's issuing CA is valid from "
            + validity.notBefore()
            + " to "
            + validity.notAfter()
            + "; its operator has to replace it",
        RETRY);
  }

  /** Past the end no verb reaches the service: its own certificate ended with the CA at the latest. */
  private static String advice(Validity validity, Instant now) {
    if (now.isBefore(validity.notBefore())) {
      return "check this machine's clock";
    }
    return now.isAfter(validity.notAfter())
        ? "check this machine's clock, else start the service again: it hands over to a CA that was"
            + " prepared, or makes one if the root's key is at hand"
        : "hand over to another: mintmark ca prepare issuing, mintmark ca activate";
  }
}
