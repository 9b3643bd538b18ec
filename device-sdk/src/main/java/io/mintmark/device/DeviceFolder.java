package io.mintmark.device;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.PendingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The device's memory on disk. {@code credential.pem} (0600) and {@code trust.pem} are files other
 * MQTT clients can use as they are.
 *
 * @param path the folder; made when something is stored
 */
record DeviceFolder(Path path) {

  private static final String CREDENTIAL = "credential.pem";

  boolean hasCredential() {
    return Files.exists(path.resolve(CREDENTIAL));
  }

  boolean hasAnchors() {
    return Files.exists(trust());
  }

  CredentialStore credentials() {
    return new CredentialStore(path.resolve(CREDENTIAL));
  }

  PendingKey pendingKey() {
    return new PendingKey(path.resolve("pending-key.pem"));
  }

  /**
   * The anchors to trust: those stored, else the given ones, which are stored then. What is stored
   * wins because it may be newer than what was built into the device.
   *
   * @throws IOException if they cannot be read or stored
   */
  List<X509Certificate> anchors(Collection<X509Certificate> given) throws IOException {
    if (!hasAnchors()) {
      keep(given);
      return List.copyOf(given);
    }
    try {
      return new Bundle(Files.readString(trust())).anchors();
    } catch (IllegalArgumentException e) {
      throw new IOException("trust bundle " + trust() + " is not usable: " + e.getMessage(), e);
    }
  }

  /**
   * Stores anchors in place of those before; durable when this returns.
   *
   * @throws IOException if they could not be stored; those before are still there
   */
  void keep(Collection<X509Certificate> anchors) throws IOException {
    AtomicFile.write(trust(), Bundle.of(anchors).pem());
  }

  /**
   * What time it was at least when this was last told; empty if it never was.
   *
   * @throws IOException if it cannot be read
   */
  Optional<Instant> leastTime() throws IOException {
    try {
      return Optional.of(Instant.parse(Files.readString(time()).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (DateTimeParseException e) {
      throw new IOException(time() + " holds no time: " + e.getMessage(), e);
    }
  }

  /**
   * Stores what time it is at least; durable when this returns.
   *
   * @throws IOException if it could not be stored; what there was is still there
   */
  void keepLeastTime(Instant moment) throws IOException {
    AtomicFile.write(time(), moment + "\n");
  }

  private Path time() {
    return path.resolve("time");
  }

  private Path trust() {
    return path.resolve("trust.pem");
  }
}
