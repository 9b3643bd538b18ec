package io.mintmark.broker;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.Issued;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalInfoClient;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Asks the service for the broker's next certificate, as devices do: over EST (RFC 7030, section
 * 4.2.2), at the path without a label, with the certificate there is. Thread-safe.
 */
final class OwnRenewal {

  private static final String SUBJECT_ALT_NAME = "2.5.29.17";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final URI service;
  private final Clock clock;

  /**
   * @param service where the provisioning service listens for devices and brokers
   */
  OwnRenewal(URI service, Clock clock) {
    this.service = URI.create(service.toString().replaceAll("/+$", ""));
    this.clock = clock;
  }

  /**
   * When the service would like the certificate renewed; empty if it has no wish.
   *
   * @throws IOException if it cannot be asked
   */
  Optional<RenewalInfo> advice(Credential current, Trust trust) throws IOException {
    return new RenewalInfoClient(
            service, current.tlsContext(trust.anchors()), clock, CONNECT_TIMEOUT, ANSWER_TIMEOUT)
        .of(current.certificate());
  }

  /**
   * A credential with a new key and the same names.
   *
   * @throws IOException if none came, or one that would not do
   */
  Credential renew(Credential current, Trust trust) throws IOException {
    EstClient est = new EstClient(
        service.resolve("/.well-known/est"),
        current.tlsContext(trust.anchors()),
        clock,
        CONNECT_TIMEOUT,
        ANSWER_TIMEOUT);
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> answer =
        est.simpleReenroll(CertificateRequest.renew(keys, current.certificate()));
    List<X509Certificate> chain = new ArrayList<>(est.chain(keys.getPublic(), answer));
    chain.addAll(cross(chain.get(chain.size() - 1), est.caCertificates()));
    Credential next;
    try {
      next = new Credential(keys.getPrivate(), chain);
    } catch (IllegalArgumentException e) {
      throw new IOException("the certificate that came is not of the new key", e);
    }
    requireGood(current, next, trust);
    return next;
  }

  /**
   * During a change of roots: the root above by the other one (RFC 4210, section 4.4), for devices
   * that trust only that.
   */
  private static List<X509Certificate> cross(
      X509Certificate last, List<X509Certificate> certificates) {
    return certificates.stream()
        .filter(c ->
            !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()) && Issued.by(last, c))
        .toList();
  }

  private void requireGood(Credential current, Credential next, Trust trust) throws IOException {
    if (!Arrays.equals(
        current.certificate().getExtensionValue(SUBJECT_ALT_NAME),
        next.certificate().getExtensionValue(SUBJECT_ALT_NAME))) {
      throw new IOException("the certificate that came has other names than the one before");
    }
    if (!Validity.of(next.certificate()).contains(clock.instant())) {
      throw new IOException("the certificate that came is valid " + Validity.of(next.certificate())
          + ", and it is " + clock.instant());
    }
    try {
      new ChainCheck(trust, clock).require(next.chain());
    } catch (RefusedException e) {
      throw new IOException("the certificate that came is not trusted: " + e.getMessage(), e);
    }
  }
}
