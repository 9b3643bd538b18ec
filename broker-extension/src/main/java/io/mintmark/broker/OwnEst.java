package io.mintmark.broker;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.Identity;
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
 * Asks the service for the broker's certificates, as devices do: over EST, at the path without a
 * label; for the first with an invitation, then with the certificate there is. Thread-safe.
 */
final class OwnEst {

  private static final String SUBJECT_ALT_NAME = "2.5.29.17";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final URI service;
  private final Clock clock;

  /**
   * @param service where the provisioning service listens for devices and brokers
   */
  OwnEst(URI service, Clock clock) {
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
   * The first credential (RFC 7030, section 4.2.1), or the first after one that has ended.
   *
   * @param invitation what the broker was given for that
   * @param keys of the request; with the same ones it may be repeated
   * @throws IOException if none came, or one that would not do
   */
  Credential enroll(Credential invitation, KeyPair keys, Trust trust) throws IOException {
    EstClient est = est(invitation, trust);
    String name = BootstrapFile.name(invitation);
    Credential first =
        credential(est, keys, est.simpleEnroll(CertificateRequest.create(keys, name)));
    if (!isBroker(first, name)) {
      throw new IOException("the certificate that came is not of broker '" + name + "'");
    }
    requireGood(first, trust);
    return first;
  }

  private static boolean isBroker(Credential credential, String name) {
    try {
      return credential.identity() instanceof Identity.Broker broker
          && broker.name().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * A credential with a new key and the same names (section 4.2.2).
   *
   * @throws IOException if none came, or one that would not do
   */
  Credential renew(Credential current, Trust trust) throws IOException {
    EstClient est = est(current, trust);
    KeyPair keys = CertificateRequest.newKeyPair();
    Credential next = credential(
        est, keys, est.simpleReenroll(CertificateRequest.renew(keys, current.certificate())));
    if (!Arrays.equals(
        current.certificate().getExtensionValue(SUBJECT_ALT_NAME),
        next.certificate().getExtensionValue(SUBJECT_ALT_NAME))) {
      throw new IOException("the certificate that came has other names than the one before");
    }
    requireGood(next, trust);
    return next;
  }

  private EstClient est(Credential shown, Trust trust) {
    return new EstClient(
        service.resolve("/.well-known/est"),
        shown.tlsContext(trust.anchors()),
        clock,
        CONNECT_TIMEOUT,
        ANSWER_TIMEOUT);
  }

  private static Credential credential(EstClient est, KeyPair keys, List<X509Certificate> answer)
      throws IOException {
    List<X509Certificate> chain = new ArrayList<>(est.chain(keys.getPublic(), answer));
    chain.addAll(cross(chain.get(chain.size() - 1), est.caCertificates()));
    try {
      return new Credential(keys.getPrivate(), chain);
    } catch (IllegalArgumentException e) {
      throw new IOException("the certificate that came is not of the new key", e);
    }
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

  private void requireGood(Credential next, Trust trust) throws IOException {
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
