package io.mintmark.provisioning.ca;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the CAs' keys are kept: the first two in {@code ca/root.p12} and {@code ca/issuing.p12}
 * (PKCS#12, mode 0600), later ones in files named by role and key; and a copy of the bundle in
 * {@code trust.pem}. A root's key is needed to make an issuing CA and for nothing else: once that is
 * done its file can be moved to a safe. Thread-safe.
 */
public final class AuthorityFolder {

  /** The first root's key, as a registry names it. */
  public static final String FIRST_ROOT = "ca/root.p12";

  /** The first issuing CA's key. */
  public static final String FIRST_ISSUING = "ca/issuing.p12";

  private final Path data;
  private final Path trustFile;
  private final KeyFolder files;

  /**
   * The CAs' place in a data folder.
   *
   * @param passphrase opens the key stores
   */
  public AuthorityFolder(Path data, String passphrase) {
    this.data = data;
    this.trustFile = data.resolve("trust.pem");
    this.files = new KeyFolder(data, passphrase);
  }

  /** Whether the first issuing CA was made here. */
  public boolean exists() {
    return Files.exists(data.resolve(FIRST_ISSUING));
  }

  /**
   * Makes the first root and issuing CA, as far as an interrupted attempt before has not.
   *
   * @throws StartException if a file cannot be read or written, or the passphrase is wrong
   */
  public void create(TrustDomain trustDomain, Instant now) throws StartException {
    if (!Files.exists(data.resolve(FIRST_ROOT))) {
      KeyPair keys = CertificateRequest.newKeyPair();
      CaKey key = key(FIRST_ROOT, keys);
      X509Certificate root = CaCertificates.root(trustDomain, key, now);
      files.save(FIRST_ROOT, new Credential(keys.getPrivate(), List.of(root)));
    }
    Credential root = files.load(FIRST_ROOT);
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate issuing = CaCertificates.issuing(
        CaRequest.of(trustDomain, key(FIRST_ISSUING, keys)),
        root.certificate(),
        Signer.of(root.key()),
        now);
    files.save(
        FIRST_ISSUING, new Credential(keys.getPrivate(), List.of(issuing, root.certificate())));
  }

  private static CaKey key(String ref, KeyPair keys) {
    Signer signer = Signer.of(keys.getPrivate());
    return new CaKey(ref, CaCertificates.standIn(keys.getPublic(), signer), signer);
  }

  /**
   * The first issuing CA and the roots there are, for a registry that knows of none.
   *
   * @throws StartException if a file is missing or not readable, or the passphrase is wrong
   */
  public First first() throws StartException {
    Credential issuing = files.load(FIRST_ISSUING);
    return new First(roots(issuing), issuing.certificate());
  }

  /**
   * What a registry should know of first.
   *
   * @param roots the trust anchors
   * @param issuing the issuing CA
   */
  public record First(List<X509Certificate> roots, X509Certificate issuing) {}

  /**
   * Makes a P-256 key for a CA. It stays here.
   *
   * @throws StartException if it cannot be kept
   */
  public CaKey create(Role role) throws StartException {
    return files.create(role);
  }

  /**
   * The key made here for this certificate.
   *
   * @return empty if there is none
   * @throws StartException if it is not readable
   */
  public Optional<CaKey> made(Role role, X509Certificate certificate) throws StartException {
    return files.find(files.ref(role, certificate));
  }

  /**
   * Keeps a certificate with its key.
   *
   * @throws StartException if it cannot be kept
   */
  public void certified(CaKey key, List<X509Certificate> chain) throws StartException {
    files.certified(key.ref(), chain);
  }

  /** Whether there is a key of this name; it is not opened. */
  public boolean holds(String ref) {
    return files.holds(ref);
  }

  /**
   * The key of a CA.
   *
   * @return empty if it is not kept here, or not any more
   * @throws StartException if it is not readable, is another's, or the passphrase is wrong
   */
  public Optional<Signer> signer(Issuer issuer) throws StartException {
    Optional<CaKey> key = issuer.keyRef() == null ? Optional.empty() : files.find(issuer.keyRef());
    if (key.isPresent() && !key.get().publicKey().equals(issuer.certificate().getPublicKey())) {
      throw new StartException(issuer.keyRef() + " holds the key of another CA than " + issuer.id()
          + ": restore it from a backup");
    }
    return key.map(CaKey::signer);
  }

  /**
   * Writes the bundle where operators look for it, unless it stands there.
   *
   * @throws StartException if it cannot be written
   */
  public void writeTrust(List<X509Certificate> roots) throws StartException {
    String pem = Pem.encode(roots);
    try {
      if (!Files.exists(trustFile) || !Files.readString(trustFile).equals(pem)) {
        AtomicFile.write(trustFile, pem);
      }
    } catch (IOException e) {
      throw new StartException(
          "the trust anchors cannot be written to " + trustFile + ": " + e.getMessage(), e);
    }
  }

  private List<X509Certificate> roots(Credential issuing) throws StartException {
    try {
      return Files.exists(trustFile)
          ? Pem.certificates(Files.readString(trustFile))
          : List.of(issuing.chain().get(issuing.chain().size() - 1));
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException(
          "the trust anchors in " + trustFile + " cannot be read: " + e.getMessage(), e);
    }
  }
}
