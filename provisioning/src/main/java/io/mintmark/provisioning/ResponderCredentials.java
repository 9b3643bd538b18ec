package io.mintmark.provisioning;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.ca.KeyUnavailableException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign OCSP answers, one for each issuer, and their certificates by that issuer (RFC
 * 6960, section 4.2.2.2). Nobody can revoke these, so they live for days. The keys are in memory
 * only: another start makes others. Thread-safe.
 */
final class ResponderCredentials {

  private static final Logger LOG = LoggerFactory.getLogger(ResponderCredentials.class);

  /** How the registry calls the holder; the certificate itself carries no SPIFFE ID. */
  private static final String IDENTITY = "ocsp";

  private static final CertificateProfile PROFILE = new CertificateProfile(
      CertificateProfile.Kind.OCSP_RESPONDER, Duration.ofDays(7), Duration.ofMinutes(5));
  private static final CertifiedNames NAMES =
      new CertifiedNames("Mintmark OCSP responder", null, List.of());

  /** A renewal that failed is not tried again for each request. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final Issuance issuance;
  private final AuditLog audit;
  private final Clock clock;
  private final Map<String, Credential> current = new HashMap<>();
  private final Map<String, Failure> failures = new HashMap<>();

  /** A certificate that could not be had; until then nobody tries again. */
  private record Failure(RuntimeException cause, Instant pausedUntil) {}

  ResponderCredentials(Issuance issuance, AuditLog audit, Clock clock) {
    this.issuance = issuance;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The credential to sign with now; a new one when the one before is past half of its life.
   *
   * @param issuer its id
   * @throws KeyUnavailableException if there is none and its issuer's key cannot be used now
   * @throws IllegalStateException if there is none and none can be made
   */
  synchronized Credential of(String issuer) {
    Credential known = current.get(issuer);
    Instant now = clock.instant();
    if (known != null && now.isBefore(half(known))) {
      return known;
    }
    boolean usable = known != null && Validity.of(known.certificate()).contains(now);
    Failure failure = failures.get(issuer);
    if (failure == null || !now.isBefore(failure.pausedUntil())) {
      failure = renew(issuer, now);
    }
    if (failure == null) {
      return current.get(issuer);
    }
    if (usable) {
      return known;
    }
    throw failure.cause();
  }

  /** Null if there is a new one now. Anybody may ask, and each try leaves a row in the registry. */
  private Failure renew(String issuer, Instant now) {
    RuntimeException cause;
    try {
      current.put(issuer, issue(issuer));
      failures.remove(issuer);
      return null;
    } catch (KeyUnavailableException e) {
      LOG.error("no OCSP responder could be certified; trying again: {}", e.getMessage());
      cause = e;
    } catch (Refusal | RuntimeException e) {
      LOG.error("the OCSP responder of {} could not be certified; trying again", issuer, e);
      cause = new IllegalStateException("there is no OCSP responder of " + issuer, e);
    }
    Failure failure = new Failure(cause, now.plus(PAUSE));
    failures.put(issuer, failure);
    return failure;
  }

  private static Instant half(Credential credential) {
    Validity validity = Validity.of(credential.certificate());
    return validity.notBefore().plus(validity.lifetime().dividedBy(2));
  }

  private Credential issue(String issuer) throws Refusal {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate certificate = issuance.issueBy(
        issuer,
        new Issuance.Order(IDENTITY, NAMES, PROFILE, keys.getPublic()),
        (tx, issued) -> audit.add(
            tx,
            AuditLog.SYSTEM,
            "ocsp.certified",
            issuer,
            "serial " + issued.getSerialNumber().toString(16)));
    return new Credential(keys.getPrivate(), List.of(certificate));
  }
}
