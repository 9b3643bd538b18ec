package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * Holds the operational credential, in memory and in the device's folder: loads it, has it issued
 * and replaces it. A new one is stored before it is used, and the old one stays until then.
 * Thread-safe; one request to the service at a time.
 */
final class IdentityKeeper implements Renewals.Keeper {

  private static final System.Logger LOG = System.getLogger(IdentityKeeper.class.getName());

  private final CredentialFile store;
  private final Enrolment enrolment;
  private final RootDiscovery roots;
  private final DeviceTrust trust;
  private final EstSettings settings;
  private final Clock clock;
  private final Callbacks callbacks;
  private volatile TlsCredential current;

  IdentityKeeper(
      CredentialFile store,
      Enrolment enrolment,
      DeviceTrust trust,
      EstSettings settings,
      Clock clock,
      Callbacks callbacks) {
    this.store = store;
    this.enrolment = enrolment;
    this.trust = trust;
    this.settings = settings;
    this.clock = clock;
    this.callbacks = callbacks;
    this.roots = new RootDiscovery(settings, trust, clock);
  }

  @Override
  public Optional<TlsCredential> current() {
    return Optional.ofNullable(current);
  }

  /**
   * A credential to connect with: the current one or the stored one while it is valid, else a new
   * one. With it there are roots to connect by.
   */
  synchronized TlsCredential valid() throws DeviceException {
    roots.ensure();
    if (current == null) {
      current = load().orElse(null);
    }
    if (current == null || isOver(current)) {
      renew();
    }
    return current;
  }

  /**
   * A credential to connect with after the broker would not take this one, though by the device's
   * clock it is valid: revoked by itself, of a CA that was revoked, or over by a clock that is right.
   * Asks the service for another, by renewal or, where that is refused, as for the first. While it
   * gives none there is the one there was; it may be good again, as after a suspension.
   */
  synchronized TlsCredential insteadOf(TlsCredential refused) throws DeviceException {
    if (valid().equals(refused)) {
      try {
        renewOrEnrol();
      } catch (DeviceException e) {
        LOG.log(
            System.Logger.Level.DEBUG,
            "no other certificate than the one the broker refused: {0}",
            e.getMessage());
      }
    }
    return current;
  }

  /**
   * {@inheritDoc} One that has expired may renew itself for a while, if the fleet lets it; else the device
   * enrols anew.
   */
  @Override
  public synchronized TlsCredential renew() throws DeviceException {
    if (current == null) {
      enrol();
    } else if (isOver(current)) {
      renewOrEnrol();
    } else {
      renewCurrent();
    }
    return current;
  }

  /**
   * Renewal first: it asks neither for a bootstrap credential nor, where the fleet wants that for a second
   * enrolment, for somebody's approval; and it is the device's clock that says that the certificate is
   * over.
   */
  private void renewOrEnrol() throws DeviceException {
    try {
      renewCurrent();
    } catch (DeviceException e) {
      if (!mayEnrolAfter(e)) {
        throw e;
      }
      if (!enrolment.canEnrol()) {
        throw new RefusedException(
            e.getMessage()
                + "; and this device was given no bootstrap credential to enrol anew with:"
                + " give it one with bootstrap(...)",
            e);
      }
      enrol();
    }
  }

  private boolean mayEnrolAfter(DeviceException e) {
    if (e instanceof RetryLaterException later) {
      // A server that refuses an expired certificate in TLS may just hang up.
      return isOver(current) && later.retryAfter().isEmpty() && enrolment.canEnrol();
    }
    return !Failures.isDistrust(e);
  }

  private void renewCurrent() throws DeviceException {
    try {
      Credential renewed = enrolment.renew(current.credential());
      keep(renewed);
      callbacks.tell(l -> l.renewed(renewed));
    } catch (DeviceException e) {
      throw DeviceException.about(About.RENEWAL, e);
    }
  }

  private void enrol() throws DeviceException {
    try {
      Credential enrolled = enrolment.enrol(current().map(TlsCredential::credential));
      keep(enrolled);
      callbacks.tell(l -> l.enrolled(enrolled));
    } catch (DeviceException e) {
      throw DeviceException.about(About.ENROLMENT, e);
    }
  }

  private void keep(Credential credential) throws RetryLaterException {
    try {
      store.save(credential);
    } catch (IOException e) {
      throw DeviceException.from(
          Origin.DEVICE,
          new RetryLaterException(
              "cannot store the new credential in " + store.file() + ", so it is not used: " + e,
              e));
    }
    enrolment.stored();
    current = TlsCredential.issued(credential, trust, clock.instant());
  }

  private boolean isOver(TlsCredential credential) {
    return clock.instant().isAfter(credential.notAfter());
  }

  private Optional<TlsCredential> load() {
    try {
      Optional<TlsCredential> stored = store.load().map(c -> TlsCredential.stored(c, trust));
      if (stored.isPresent() && !isOfFleet(stored.get().identity())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} is for {1}, not for fleet {2}: enrolling anew",
            store.file(),
            stored.get().identity(),
            settings.fleet());
        return Optional.empty();
      }
      return stored;
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the stored credential is not usable, enrolling anew: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private boolean isOfFleet(Identity.Device identity) {
    return identity.fleet().equals(settings.fleet());
  }
}
