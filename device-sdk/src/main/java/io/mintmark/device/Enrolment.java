package io.mintmark.device;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks the service for operational certificates (RFC 7030): the first with the bootstrap
 * credential, each further one with the one before. What it returns is not stored yet. Not
 * thread-safe: one request at a time.
 */
final class Enrolment {

  /** One EST exchange: a request goes, certificates come. */
  @FunctionalInterface
  private interface Exchange {
    List<X509Certificate> with(EstClient est, byte[] request) throws EstException;
  }

  private final EstSettings settings;
  private final Collection<X509Certificate> anchors;
  private final PendingKey pendingKey;
  private final Clock clock;

  Enrolment(
      EstSettings settings,
      Collection<X509Certificate> anchors,
      PendingKey pendingKey,
      Clock clock) {
    this.settings = settings;
    this.anchors = anchors;
    this.pendingKey = pendingKey;
    this.clock = clock;
  }

  /** A first certificate, or one after the last has expired (section 4.2.1). */
  Credential enrol() throws DeviceException {
    if (settings.bootstrap() == null) {
      throw new RefusedException("this device has no usable operational credential and was given"
          + " no bootstrap credential to enrol with: give it one with bootstrap(...)");
    }
    return ask(
        settings.bootstrap(),
        Optional.empty(),
        keys -> CertificateRequest.create(keys, settings.device().value()),
        EstClient::simpleEnroll);
  }

  /** The certificate after the current one (section 4.2.2). */
  Credential renew(Credential current) throws DeviceException {
    return ask(
        current,
        Optional.of(current.certificate().getPublicKey()),
        keys -> CertificateRequest.renew(keys, current.certificate()),
        EstClient::simpleReenroll);
  }

  /** The credential is stored; its key is not pending any more. */
  void stored() throws IOException {
    pendingKey.forget();
  }

  private Credential ask(
      Credential shown,
      Optional<PublicKey> taken,
      Function<KeyPair, byte[]> request,
      Exchange exchange)
      throws DeviceException {
    URI label = EstClient.label(settings.service(), settings.fleet());
    EstClient est = new EstClient(
        label,
        shown.tlsContext(anchors),
        clock,
        settings.connectTimeout(),
        settings.answerTimeout());
    String what = "the service at " + label.getAuthority() + " gave no certificate";
    try {
      KeyPair keys = pendingKey.take(taken);
      Credential credential = accept(keys, exchange.with(est, request.apply(keys)), est);
      if (isOver(credential)) {
        // The key was asked for so long ago that its certificate has expired in the meantime.
        pendingKey.forget();
        keys = pendingKey.take(taken);
        credential = accept(keys, exchange.with(est, request.apply(keys)), est);
      }
      if (isOver(credential)) {
        throw new RetryLaterException("the service issued a certificate that ended at "
            + credential.certificate().getNotAfter().toInstant()
            + ", while this device's clock says "
            + clock.instant());
      }
      return credential;
    } catch (IOException e) {
      throw Failures.of(what, e);
    }
  }

  private boolean isOver(Credential credential) {
    return clock.instant().isAfter(Validity.of(credential.certificate()).notAfter());
  }

  private Credential accept(KeyPair keys, List<X509Certificate> certificates, EstClient est)
      throws DeviceException, EstException {
    X509Certificate leaf = certificates.stream()
        .filter(c -> c.getPublicKey().equals(keys.getPublic()))
        .findFirst()
        .orElseThrow(() -> new RefusedException(
            "the service answered without a certificate for the key it was asked for"));
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    certificates.stream().filter(c -> !c.equals(leaf)).forEach(chain::add);
    if (chain.size() == 1 && !issuedByAnchor(leaf)) {
      // RFC 7030 lets the answer be the leaf alone; the broker needs what is between.
      est.caCertificates().stream().filter(c -> !anchors.contains(c)).forEach(chain::add);
    }
    Credential credential = new Credential(keys.getPrivate(), chain);
    requireDevice(credential);
    return credential;
  }

  private boolean issuedByAnchor(X509Certificate leaf) {
    return anchors.stream()
        .anyMatch(a -> a.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()));
  }

  private void requireDevice(Credential credential) throws RefusedException {
    String problem;
    try {
      if (credential.identity() instanceof Identity.Device device
          && device.fleet().equals(settings.fleet())) {
        return;
      }
      problem = "is for " + credential.identity();
    } catch (IllegalArgumentException e) {
      problem = "is not usable: " + e.getMessage();
    }
    throw new RefusedException("the certificate the service issued "
        + problem
        + ", and not for a device of fleet "
        + settings.fleet());
  }
}
