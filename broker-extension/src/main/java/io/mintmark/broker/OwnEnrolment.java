package io.mintmark.broker;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.PendingKey;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Obtains the broker's credential by its invitation, when it has none that is good. Each step may be
 * the last before a crash: the key is on disk before it is asked for, and the service gives one
 * certificate for one key however often; which invitation was used is written down last.
 */
final class OwnEnrolment {

  private static final Logger log = LoggerFactory.getLogger(OwnEnrolment.class);

  private final ExtensionSettings settings;
  private final Clock clock;
  private final CredentialStore store;
  private final PendingKey pendingKey;
  private final Path used;

  /**
   * @param settings with an invitation
   */
  OwnEnrolment(ExtensionSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.store = new CredentialStore(settings.credential());
    this.pendingKey = new PendingKey(settings.folder().resolve("bootstrap-key.pem"));
    this.used = settings.folder().resolve("bootstrap.used");
  }

  /**
   * Sees to it that there is a credential. With a good one nobody is asked, unless the invitation is
   * another than the one it came of: then somebody wants it replaced, because it was revoked.
   *
   * @throws StartRefusedException if there is none, and none to be had
   */
  void ensure() throws StartRefusedException {
    Optional<Credential> current = current();
    // Used up it is worth nothing, and may have been deleted.
    if (current.isPresent() && Files.notExists(settings.bootstrap())) {
      return;
    }
    BootstrapFile file = BootstrapFile.read(settings.bootstrap());
    try {
      if (current.isPresent() && isDone(file)) {
        pendingKey.forget();
        return;
      }
      enroll(file);
    } catch (EstRefusedException e) {
      throw new StartRefusedException(
          "the service refuses the invitation " + settings.bootstrap() + ": " + e.getMessage()
              + " (an operator makes one with 'mintmark broker invite')",
          e);
    } catch (IOException e) {
      throw new StartRefusedException(
          "the broker has no certificate yet, and could not obtain one from " + settings.service()
              + ": " + e.getMessage() + "; start it again when that is in order",
          e);
    }
  }

  private void enroll(BootstrapFile file) throws IOException {
    Files.createDirectories(settings.folder());
    AtomicFile.write(settings.trust(), Pem.encode(file.anchors()));
    Credential obtained = new OwnEst(settings.service(), clock)
        .enroll(
            file.invitation(),
            // Also one that has its certificate already: only the note was not written any more.
            pendingKey.take(Optional.empty()),
            Trust.of(file.anchors()));
    store.save(obtained);
    AtomicFile.write(used, file.id() + "\n");
    pendingKey.forget();
    log.info(
        "the broker was enrolled as {}: serial {}, good until {}",
        obtained.identity(),
        Presented.serial(obtained.certificate().getSerialNumber()),
        Validity.of(obtained.certificate()).notAfter());
  }

  /** The one there is, if it is good; what is wrong with another is said when it is loaded. */
  private Optional<Credential> current() throws StartRefusedException {
    try {
      return store
          .load()
          .filter(c -> Validity.of(c.certificate()).contains(clock.instant()))
          .filter(c -> c.identity() instanceof Identity.Broker);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartRefusedException(
          settings.credential() + " is not usable: " + e.getMessage()
              + "; delete it to have another one obtained by the invitation",
          e);
    }
  }

  private boolean isDone(BootstrapFile file) throws IOException {
    try {
      return Files.readString(used).strip().equals(file.id());
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
