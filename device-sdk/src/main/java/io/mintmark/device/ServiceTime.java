package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.EstException;
import io.mintmark.identity.ServerDates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;

/**
 * Learns from the service what time it is: the Date of each of its answers, over TLS. Where the
 * device's clock is so wrong that the service's certificate is not valid by it, one question is asked
 * over a connection whose chain is checked in everything but at the moment the clock says; its answer
 * is believed if the chain is valid then, and the moment not one that is over for sure. Thread-safe.
 */
final class ServiceTime implements ServerDates {

  private static final System.Logger LOG = System.getLogger(ServiceTime.class.getName());

  private final DeviceClock clock;
  private final DeviceTrust trust;
  private final EstSettings settings;
  private final Callbacks callbacks;

  ServiceTime(DeviceClock clock, DeviceTrust trust, EstSettings settings, Callbacks callbacks) {
    this.clock = clock;
    this.trust = trust;
    this.settings = settings;
    this.callbacks = callbacks;
  }

  DeviceClock clock() {
    return clock;
  }

  @Override
  public void heard(Instant said, Instant asked, List<X509Certificate> shown) {
    if (clock.agrees(said, asked)) {
      clock.confirm(said);
    } else {
      correct(said, shown);
    }
  }

  private boolean correct(Instant said, List<X509Certificate> shown) {
    if (!trust.holds(shown, said)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the service says it is {0}, when its own certificate is not valid: not believed",
          said);
      return false;
    }
    Optional<Duration> ahead = clock.correct(said);
    if (ahead.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the service says it is {0}, but it is later than {1} for sure: not believed",
          said,
          clock.least());
      return false;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "the system''s clock is wrong by {0}: going by the service''s, which says {1}",
        ahead.get(),
        said);
    callbacks.tell(l -> l.clockCorrected(ahead.get()));
    return true;
  }

  /**
   * Asks, unless the service has told the time lately. What comes of it the clock shows; that the
   * service cannot be asked is no failure.
   */
  void ask() {
    if (clock.isFresh()) {
      return;
    }
    try {
      ask(trust, this);
    } catch (EstException e) {
      if (Failures.isDistrust(e)) {
        look();
      } else {
        LOG.log(
            System.Logger.Level.DEBUG, "the service does not say the time: {0}", e.getMessage());
      }
    }
  }

  /**
   * Asks a service whose certificate is not valid by the device's clock.
   *
   * @return whether the device goes by another time now
   */
  boolean look() {
    boolean[] corrected = {false};
    try {
      // No certificate is shown, nothing is sent, and of the answer the Date alone is read.
      ask(trust.whenever(), (said, asked, shown) -> corrected[0] = correct(said, shown));
    } catch (EstException e) {
      LOG.log(System.Logger.Level.DEBUG, "the service does not say the time: {0}", e.getMessage());
    }
    return corrected[0];
  }

  private void ask(TrustManager trusted, ServerDates dates) throws EstException {
    settings.client(Credential.anonymousTlsContext(trusted), clock, dates).caCertificates();
  }
}
