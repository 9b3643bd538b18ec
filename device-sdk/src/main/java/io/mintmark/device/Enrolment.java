package io.mintmark.device;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.Identity;
import io.mintmark.identity.PendingKey;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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

  private static final System.Logger LOG = System.getLogger(Enrolment.class.getName());

  private final EstSettings settings;
  private final DeviceTrust trust;
  private final Consumer<List<X509Certificate>> caCertificates;
  private final PendingKey pendingKey;
  private final ServiceTime time;
  private final Clock clock;

  /**
   * @param caCertificates given what {@code /cacerts} says each time a certificate was issued
   */
  Enrolment(
      EstSettings settings,
      DeviceTrust trust,
      Consumer<List<X509Certificate>> caCertificates,
      PendingKey pendingKey,
      ServiceTime time) {
    this.settings = settings;
    this.trust = trust;
    this.caCertificates = caCertificates;
    this.pendingKey = pendingKey;
    this.time = time;
    this.clock = time.clock();
  }

  /** Whether there is something to enrol with. */
  boolean canEnrol() {
    return settings.bootstrap() != null;
  }

  /**
   * A first certificate, or one after the last came to its end (section 4.2.1).
   *
   * @param last whose key is not certified again
   */
  Credential enrol(Optional<Credential> last) throws DeviceException {
    if (!canEnrol()) {
      throw new RefusedException("this device has no usable operational credential and was given"
          + " no bootstrap credential to enrol with: give it one with bootstrap(...)");
    }
    return ask(
        settings.bootstrap(),
        last.map(credential -> credential.certificate().getPublicKey()),
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
  void stored() {
    try {
      pendingKey.forget();
    } catch (IOException e) {
      // The next request sees that it has its certificate already.
      LOG.log(System.Logger.Level.DEBUG, "the pending key stays: {0}", e.toString());
    }
  }

  private Credential ask(
      Credential shown,
      Optional<PublicKey> taken,
      Function<KeyPair, byte[]> request,
      Exchange exchange)
      throws DeviceException {
    EstClient est = settings.client(shown.tlsContext(trust), clock, time);
    String what = "the service at " + settings.service().getAuthority() + " gave no certificate";
    try {
      KeyPair keys = take(taken);
      Credential credential = accept(keys, exchange.with(est, request.apply(keys)), est);
      if (isOver(credential)) {
        // The key was asked for so long ago that its certificate has expired in the meantime.
        pendingKey.forget();
        keys = take(taken);
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

  private KeyPair take(Optional<PublicKey> taken) throws DeviceException {
    try {
      return pendingKey.take(taken);
    } catch (IOException e) {
      // A certificate for a key that a power cut takes away would be nobody's.
      throw new RetryLaterException(
          "no certificate was asked for, as its key cannot be stored: " + e, e);
    }
  }

  private boolean isOver(Credential credential) {
    return clock.instant().isAfter(Validity.of(credential.certificate()).notAfter());
  }

  private Credential accept(KeyPair keys, List<X509Certificate> certificates, EstClient est)
      throws DeviceException, EstException {
    List<X509Certificate> known = new ArrayList<>(certificates);
    try {
      List<X509Certificate> cas = est.caCertificates();
      caCertificates.accept(cas);
      known.addAll(cas);
    } catch (EstException e) {
      // The certificate is what counts now, and its chain may have come with it.
      LOG.log(System.Logger.Level.DEBUG, "no CA certificates: {0}", e.getMessage());
    }
    Credential credential = new Credential(keys.getPrivate(), est.chain(keys.getPublic(), known));
    requireDevice(credential);
    return credential;
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
