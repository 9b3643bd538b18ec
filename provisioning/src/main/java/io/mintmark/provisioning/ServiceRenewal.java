package io.mintmark.provisioning;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Printable;
import io.mintmark.identity.RenewalSchedule;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.KeyUnavailableException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the service show the credential it should: a new one when the one before nears its end or
 * another CA issues. What failed is tried again, ever more often towards the end; until then the one
 * before is shown. Thread-safe.
 */
final class ServiceRenewal {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRenewal.class);

  private final ServiceCredential source;
  private final Consumer<Credential> show;
  private final Clock clock;
  private final RenewalSchedule schedule = new RenewalSchedule(new SecureRandom());
  private Credential shown;
  private Instant notBefore = Instant.MIN;
  private int failures;
  private String lastFault;

  /**
   * @param show takes a credential into use: connections there are stay
   */
  ServiceRenewal(ServiceCredential source, Consumer<Credential> show, Clock clock) {
    this.source = source;
    this.show = show;
    this.clock = clock;
    this.shown = source.current();
  }

  /** To be called often; mostly there is nothing to do. */
  synchronized void look() {
    Instant now = clock.instant();
    if (now.isBefore(notBefore)) {
      return;
    }
    try {
      Credential current = source.current();
      if (!current.equals(shown)) {
        show.accept(current);
        shown = current;
        LOG.info(
            "the service shows a new certificate: serial {}, good until {}",
            current.certificate().getSerialNumber().toString(16),
            Validity.of(current.certificate()).notAfter());
      }
      failures = 0;
      lastFault = null;
    } catch (RuntimeException e) {
      failures++;
      Validity validity = Validity.of(shown.certificate());
      notBefore = schedule.nextAttempt(validity, now, failures, Optional.empty());
      if (!e.toString().equals(lastFault)) {
        lastFault = e.toString();
        report(validity, e);
      }
    }
  }

  private static void report(Validity validity, RuntimeException e) {
    if (e instanceof KeyUnavailableException) {
      // Only a person can help, and where it was thrown helps nobody.
      LOG.error(
          "the service's certificate is good until {} and could not be renewed; trying on: {}",
          validity.notAfter(),
          Printable.of(e.getMessage()));
    } else {
      LOG.error(
          "the service's certificate is good until {} and could not be renewed; trying on",
          validity.notAfter(),
          e);
    }
  }
}
