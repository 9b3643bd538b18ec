package io.mintmark.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/**
 * The key a certificate has been asked for and has not come yet, in a file of mode 0600. The
 * service gives one certificate for one key however often it is asked, so a request whose answer
 * was lost, to the network or to a power cut, is repeated with the same key. For one writer.
 */
public final class PendingKey {

  private static final System.Logger LOG = System.getLogger(PendingKey.class.getName());
  private static final String PUBLIC_KEY = "PUBLIC KEY";

  private final Path file;

  /**
   * @param file where the key is or will be
   */
  public PendingKey(Path file) {
    this.file = file;
  }

  /**
   * The key to ask with: the stored one, or a new one that is stored when this returns.
   *
   * @param taken the key that has its certificate already, which a crash may have left here
   * @throws IOException if it can be neither read nor stored
   */
  public KeyPair take(Optional<PublicKey> taken) throws IOException {
    Optional<KeyPair> stored = load().filter(keys -> !keys.getPublic().equals(taken.orElse(null)));
    if (stored.isPresent()) {
      return stored.get();
    }
    KeyPair keys = CertificateRequest.newKeyPair();
    AtomicFile.writeSecret(
        file,
        CheckedText.of(Pem.encode(keys.getPrivate())
            + Pem.encode(PUBLIC_KEY, keys.getPublic().getEncoded())));
    return keys;
  }

  /** The certificate is stored, or will never come: the next request has a key of its own. */
  public void forget() throws IOException {
    Files.deleteIfExists(file);
  }

  private Optional<KeyPair> load() throws IOException {
    try {
      String pem = CheckedText.read(Files.readString(file, StandardCharsets.ISO_8859_1));
      byte[] der = Pem.blocks(pem).stream()
          .filter(block -> block.label().equals(PUBLIC_KEY))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no PUBLIC KEY block"))
          .der();
      PublicKey publicKey =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
      KeyPair keys = new KeyPair(publicKey, Pem.privateKey(pem));
      // A request by halves that do not belong together would be refused for good.
      Credential.requireMatch(keys.getPrivate(), publicKey);
      return Optional.of(keys);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // Deliberately without the cause, which may quote the key.
      LOG.log(
          System.Logger.Level.WARNING, "pending key {0} is not usable and will be replaced", file);
      return Optional.empty();
    }
  }
}
