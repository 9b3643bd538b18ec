package io.mintmark.provisioning.ca;

import io.mintmark.identity.Credential;
import io.mintmark.provisioning.StartException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A root whose key is not kept with the service: a file that is opened where it is, so that the
 * service never sees the key. Thread-safe.
 */
public final class OfflineRoot {

  private final Credential credential;

  private OfflineRoot(Credential credential) {
    this.credential = credential;
  }

  /**
   * Opens the file of a root.
   *
   * @param file PKCS#12, as the service made it
   * @throws StartException if it cannot be read or the passphrase is wrong
   */
  public static OfflineRoot open(Path file, String passphrase) throws StartException {
    Path absolute = file.toAbsolutePath();
    return new OfflineRoot(new KeyFolder(absolute.getParent(), () -> passphrase)
        .load(absolute.getFileName().toString()));
  }

  /** The root. */
  public X509Certificate certificate() {
    return credential.certificate();
  }

  /**
   * Certifies an issuing CA.
   *
   * @param addresses where the certificate says that its status is told
   */
  public X509Certificate issuing(
      CaRequest request, Optional<StatusAddresses> addresses, Instant now) {
    return CaCertificates.issuing(request, certificate(), signer(), addresses, now);
  }

  /**
   * Certifies the key of another root: who trusts this one can follow.
   *
   * @param addresses as of {@link #issuing}
   */
  public X509Certificate cross(
      X509Certificate root, Optional<StatusAddresses> addresses, Instant now) {
    return CaCertificates.cross(root, certificate(), signer(), addresses, now);
  }

  /**
   * Signs a CRL of this root.
   *
   * @param toBeSigned as the service drafted it
   * @return DER of the CRL
   * @throws IllegalArgumentException if it is anything else than a list of this root's
   */
  public byte[] crl(byte[] toBeSigned) {
    try {
      return CrlSigner.sign(toBeSigned, certificate(), signer());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key in memory cannot sign", e);
    }
  }

  private Signer signer() {
    return Signer.of(credential.key());
  }
}
