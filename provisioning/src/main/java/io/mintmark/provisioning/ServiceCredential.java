package io.mintmark.provisioning;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Issued;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service's own TLS key and certificate, kept in {@code service.pem}. Thread-safe. */
public final class ServiceCredential {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceCredential.class);

  /** How the registry calls the holder; the certificate itself carries no SPIFFE ID. */
  private static final String IDENTITY = "service";

  /** Not a host: a CN holds 64 characters, a host name up to 253. */
  private static final String COMMON_NAME = "Mintmark provisioning service";

  private static final CertificateProfile PROFILE = new CertificateProfile(
      CertificateProfile.Kind.SERVICE, Duration.ofDays(90), Duration.ofMinutes(5));
  private static final double RENEW_AT = 2.0 / 3;

  private final CredentialStore store;
  private final CertifiedNames names;
  private final CertificateAuthority authority;
  private final Issuance issuance;
  private final AuditLog audit;
  private final Clock clock;
  private Credential current;

  /**
   * The credential of a file.
   *
   * @throws IllegalArgumentException if a host is neither a DNS name nor an IP address
   */
  ServiceCredential(
      Path file,
      List<String> hosts,
      CertificateAuthority authority,
      Issuance issuance,
      AuditLog audit,
      Clock clock) {
    this.store = new CredentialStore(file);
    this.names = new CertifiedNames(COMMON_NAME, null, hosts);
    this.authority = authority;
    this.issuance = issuance;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The credential to show; a new one when the stored one is past two thirds of its life, is not by
   * the active issuing CA, or names other hosts than configured. Cheap to ask.
   */
  public synchronized Credential current() {
    if (current == null) {
      current = stored().orElse(null);
    }
    if (current == null || !isGood(current)) {
      current = issue();
    }
    return current;
  }

  private Optional<Credential> stored() {
    try {
      return store.load();
    } catch (IOException e) {
      LOG.warn("{}; a new one is made", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean isGood(Credential credential) {
    X509Certificate certificate = credential.certificate();
    Validity validity = Validity.of(certificate);
    Instant now = clock.instant();
    Instant renewal =
        validity.notBefore().plusMillis((long) (validity.lifetime().toMillis() * RENEW_AT));
    return validity.contains(now)
        && now.isBefore(renewal)
        && names.areThoseOf(certificate)
        && Issued.by(certificate, authority.issuing())
        && credential.chain().equals(authority.chain(certificate));
  }

  private Credential issue() {
    KeyPair keys = CertificateRequest.newKeyPair();
    try {
      X509Certificate certificate = issuance.issue(
          new Issuance.Order(IDENTITY, names, PROFILE, keys.getPublic()),
          tx -> {},
          (tx, issued) -> audit.add(
              tx,
              AuditLog.SYSTEM,
              "service.certified",
              IDENTITY,
              "hosts " + names.hosts() + ", serial " + issued.getSerialNumber().toString(16)));
      Credential credential = new Credential(keys.getPrivate(), authority.chain(certificate));
      store.save(credential);
      return credential;
    } catch (Refusal e) {
      throw new IllegalStateException("the service's own certificate was refused", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the service's own certificate cannot be stored in " + store.file(), e);
    }
  }
}
