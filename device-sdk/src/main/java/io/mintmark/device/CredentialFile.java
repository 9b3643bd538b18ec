package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The operational credential on disk, PEM that others can use too, mode 0600. For one writer. */
final class CredentialFile {

  private final TwinFile twin;

  CredentialFile(Path file) {
    twin = new TwinFile(file, true);
  }

  Path file() {
    return twin.file();
  }

  /** Whether there is one, be it damaged. */
  boolean exists() {
    return twin.exists();
  }

  /**
   * The stored credential; empty if there is none.
   *
   * @throws IOException if what there is cannot be used; it never quotes it
   */
  Optional<Credential> load() throws IOException {
    return twin.load(Credential::fromPem);
  }

  /**
   * Stores it in place of the one before; durable when this returns.
   *
   * @throws IOException if it could not be stored; the one before is still there
   */
  void save(Credential credential) throws IOException {
    twin.save(credential.toPem());
  }
}
