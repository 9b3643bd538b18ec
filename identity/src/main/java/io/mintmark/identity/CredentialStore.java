package io.mintmark.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps one credential in one PEM file, mode 0600, replaced atomically: after a crash at any moment
 * the file holds the credential before or the one after, with its key. Safe for one writer and any
 * number of readers.
 */
public final class CredentialStore {

  private final Path file;

  /**
   * @param file where the credential is or will be; its folder is made when needed
   */
  public CredentialStore(Path file) {
    this.file = file;
  }

  /**
   * The stored credential; empty if there is none yet.
   *
   * @throws IOException if the file cannot be read, or does not hold a key and its certificates;
   *     the message names the file and never its content
   */
  public Optional<Credential> load() throws IOException {
    String pem;
    try {
      pem = Files.readString(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(Credential.fromPem(pem));
    } catch (IllegalArgumentException e) {
      throw new IOException("credential file " + file + " is not usable: " + e.getMessage(), e);
    }
  }

  /**
   * Replaces the stored credential; durable when this returns.
   *
   * @throws IOException if it could not be stored; the one before is still there
   */
  public void save(Credential credential) throws IOException {
    AtomicFile.writeSecret(file, credential.toPem());
  }

  /** The file. */
  public Path file() {
    return file;
  }
}
