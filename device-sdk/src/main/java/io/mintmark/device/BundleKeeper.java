package io.mintmark.device;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstAnswerException;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.VouchedBundle;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * Keeps the device's trust anchors abreast of the service's, and tells the service which it holds,
 * so that it can wait with a change of roots until the devices are ready. What is told is stored
 * already. Thread-safe; one at a time.
 */
final class BundleKeeper {

  private static final System.Logger LOG = System.getLogger(BundleKeeper.class.getName());

  /** A service whose registry was restored may not know any more what it was told. */
  private static final Duration REPORTED_EVERY = Duration.ofDays(1);

  private static final int UNKNOWN_REQUEST = 404;

  /** What the service was told, by whom and when. */
  private record Report(String bundle, X509Certificate by, Instant at) {}

  private final DeviceTrust trust;
  private final EstSettings settings;
  private final ServiceTime time;
  private final Clock clock;
  private final Callbacks callbacks;
  private final Runnable replaced;
  private Report reported;
  private String refused;

  /**
   * @param replaced run when the device trusts other roots than before
   */
  BundleKeeper(
      DeviceTrust trust,
      EstSettings settings,
      ServiceTime time,
      Callbacks callbacks,
      Runnable replaced) {
    this.trust = trust;
    this.settings = settings;
    this.time = time;
    this.clock = time.clock();
    this.callbacks = callbacks;
    this.replaced = replaced;
  }

  /**
   * Takes over the roots in an answer of {@code /cacerts}, if they are others than those held, the
   * latter vouch for them, and the service can be reached by them. Never fails: what is wrong with
   * them, the listener hears.
   *
   * @param caCertificates as they came, on a connection to a service trusted so far
   */
  synchronized void offered(List<X509Certificate> caCertificates) {
    try {
      List<X509Certificate> held = trust.anchors();
      List<X509Certificate> bundle = VouchedBundle.of(caCertificates, held, clock.instant());
      if (!Bundle.fingerprint(bundle).equals(Bundle.fingerprint(held))) {
        requireService(bundle);
        trust.replace(bundle);
        replaced.run();
        callbacks.tell(l -> l.trustReplaced(bundle));
      }
      refused = null;
    } catch (IllegalArgumentException e) {
      refuse(e);
    } catch (IOException e) {
      if (Failures.isDistrust(e)) {
        refuse(e);
      } else {
        LOG.log(System.Logger.Level.DEBUG, "the new roots have to wait: {0}", e.getMessage());
      }
    }
  }

  /**
   * Asks for the roots unless those held are the ones to hold, and reports those held unless that was
   * done.
   *
   * @param shown the operational credential
   * @param told the fingerprint of those to hold, as the service said; null if it did not
   * @throws EstException if the service could not be asked or told; it may be next time
   */
  synchronized void check(Credential shown, String told) throws EstException {
    EstClient est = est(shown.tlsContext(trust));
    if (!fingerprint().equals(told)) {
      try {
        offered(est.caCertificates());
      } catch (EstAnswerException e) {
        refuse(e);
      }
    }
    String held = fingerprint();
    Instant now = clock.instant();
    boolean known = reported != null
        && reported.bundle().equals(held)
        && reported.by().equals(shown.certificate())
        && reported.at().plus(REPORTED_EVERY).isAfter(now);
    if (!known) {
      report(est);
      reported = new Report(held, shown.certificate(), now);
    }
  }

  /**
   * Asks for the roots now, as somebody's certificate was not by any of those held, or not valid by
   * the device's clock.
   */
  void doubt(Credential shown) {
    time.ask();
    try {
      check(shown, null);
    } catch (EstException e) {
      LOG.log(System.Logger.Level.DEBUG, "no roots to be had: {0}", e.getMessage());
    }
  }

  private void report(EstClient est) throws EstException {
    try {
      est.reportBundle(trust.anchors());
    } catch (EstRefusedException e) {
      // Another EST server's, which does not wait for it.
      if (e.status() != UNKNOWN_REQUEST) {
        throw e;
      }
    }
  }

  /** Roots by which the service cannot be reached would shut the device out for good. */
  private void requireService(List<X509Certificate> bundle) throws EstException {
    est(Credential.anonymousTlsContext(trust.by(bundle))).caCertificates();
  }

  private void refuse(Exception cause) {
    String why = "the service's trust anchors are not taken, those before stay: "
        + (Failures.isDistrust(cause)
            ? "the service's own certificate is not by any of them"
            : cause.getMessage());
    if (!why.equals(refused)) {
      refused = why;
      LOG.log(System.Logger.Level.WARNING, why);
      RefusedException reason =
          DeviceException.about(About.ROOTS, new RefusedException(why, cause));
      callbacks.tell(l -> l.trustRefused(reason));
    }
  }

  private String fingerprint() {
    return Bundle.fingerprint(trust.anchors());
  }

  private EstClient est(SSLContext tls) {
    return settings.client(tls, clock, time);
  }
}
