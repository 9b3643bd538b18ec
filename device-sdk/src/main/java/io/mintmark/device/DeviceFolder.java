package io.mintmark.device;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.PendingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
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

  boolean hasCredential() {
    return credentials().exists();
  }

  boolean hasAnchors() {
    return trust().exists();
  }

  CredentialFile credentials() {
    return new CredentialFile(path.resolve("credential.pem"));
  }

  PendingKey pendingKey() {
    return new PendingKey(path.resolve("pending-key.pem"));
  }

  /**
   * The stored anchors; empty if there are none.
   *
   * @throws IOException if what is stored cannot be used; it names the file
   */
  Optional<List<X509Certificate>> anchors() throws IOException {
    return trust().load(pem -> new Bundle(pem).anchors());
  }

  /**
   * Stores anchors in place of those before; durable when this returns.
   *
   * @throws IOException if they could not be stored; those before are still there
   */
  void keep(Collection<X509Certificate> anchors) throws IOException {
    trust().save(Bundle.of(anchors).pem());
  }

  /**
   * Requires that something can be stored, as a device that enrols has to.
   *
   * @throws IOException if not; it names the folder and says what to do
   */
  void requireWritable() throws IOException {
    Path probe = path.resolve("probe");
    try {
      AtomicFile.write(probe, "");
      Files.delete(probe);
    } catch (IOException e) {
      throw new IOException(
          "the folder " + path + " cannot be written, and the device keeps its credential there: "
              + "make room, mount it for writing or name another ("
              + e
              + ")",
          e);
    }
  }

  private TwinFile trust() {
    return new TwinFile(path.resolve("trust.pem"), false);
  }
}
