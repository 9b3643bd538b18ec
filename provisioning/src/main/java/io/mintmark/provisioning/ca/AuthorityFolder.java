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
 * (PKCS#12, mode 0600), later ones in files named by role and key; or all that are made from now on
 * in a PKCS#11 token. And a copy of the bundle, in {@code trust.pem}. A root's key is needed to make
 * an issuing CA and for nothing else: once that is done its file can be moved to a safe. Thread-safe.
 */
public final class AuthorityFolder implements AutoCloseable {

  /** Where the passphrase of the files comes from. */
  @FunctionalInterface
  public interface PassphraseSource {
    /**
     * The passphrase, a secret.
     *
     * @throws StartException if it cannot be had
     */
    String get() throws StartException;
  }

  /** The first root's key, as a registry names it. */
  public static final String FIRST_ROOT = "ca/root.p12";

  /** The first issuing CA's key. */
  public static final String FIRST_ISSUING = "ca/issuing.p12";

  private final Path data;
  private final Path trustFile;
  private final KeyFolder files;
  private final Optional<KeyToken> token;

  /**
   * The CAs' place in a data folder.
   *
   * @param passphrase opens the files; not asked for while none is used
   * @param token where keys are made, if not in files
   */
  public AuthorityFolder(Path data, PassphraseSource passphrase, Optional<KeyToken> token) {
    this.data = data;
    this.trustFile = data.resolve("trust.pem");
    this.files = new KeyFolder(data, passphrase);
    this.token = token;
  }

  private KeyHome home() {
    return token.<KeyHome>map(t -> t).orElse(files);
  }

  private KeyHome homeOf(String ref) throws StartException {
    if (!ref.startsWith(KeyToken.PREFIX)) {
      return files;
    }
    return token.orElseThrow(() -> new StartException("the key " + ref
        + " is in a PKCS#11 token: name its library and slot in the settings (ca, pkcs11)"));
  }

  /** Whether the first issuing CA was made in files. */
  public boolean exists() {
    return Files.exists(data.resolve(FIRST_ISSUING));
  }

  /**
   * Makes the first root and issuing CA: in files as far as an interrupted attempt before has not,
   * or in the token.
   *
   * @param addresses where the issuing CA's certificate says that its status is told
   * @throws StartException if a key cannot be kept, or the passphrase is wrong
   */
  public First create(TrustDomain trustDomain, Optional<StatusAddresses> addresses, Instant now)
      throws StartException {
    if (token.isPresent()) {
      return createInToken(token.get(), trustDomain, addresses, now);
    }
    if (!Files.exists(data.resolve(FIRST_ROOT))) {
      KeyPair keys = CertificateRequest.newKeyPair();
      X509Certificate root = CaCertificates.root(trustDomain, key(FIRST_ROOT, keys), now);
      files.save(FIRST_ROOT, new Credential(keys.getPrivate(), List.of(root)));
    }
    Credential root = files.load(FIRST_ROOT);
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate issuing = CaCertificates.issuing(
        CaRequest.of(trustDomain, key(FIRST_ISSUING, keys)),
        root.certificate(),
        Signer.of(root.key()),
        addresses,
        now);
    files.save(
        FIRST_ISSUING, new Credential(keys.getPrivate(), List.of(issuing, root.certificate())));
    return first();
  }

  private static First createInToken(
      KeyToken token, TrustDomain trustDomain, Optional<StatusAddresses> addresses, Instant now)
      throws StartException {
    CaKey rootKey = token.create(Role.ROOT);
    X509Certificate root = CaCertificates.root(trustDomain, rootKey, now);
    CaKey issuingKey = token.create(Role.ISSUING);
    X509Certificate issuing = CaCertificates.issuing(
        CaRequest.of(trustDomain, issuingKey), root, rootKey.signer(), addresses, now);
    return new First(List.of(root), issuing, rootKey.ref(), issuingKey.ref());
  }

  private static CaKey key(String ref, KeyPair keys) {
    Signer signer = Signer.of(keys.getPrivate());
    return new CaKey(ref, CaCertificates.standIn(keys.getPublic(), signer), signer);
  }

  /**
   * The first issuing CA in files and the roots there are, for a registry that knows of none.
   *
   * @throws StartException if a file is missing or not readable, or the passphrase is wrong
   */
  public First first() throws StartException {
    Credential issuing = files.load(FIRST_ISSUING);
    return new First(roots(issuing), issuing.certificate(), FIRST_ROOT, FIRST_ISSUING);
  }

  /**
   * What a registry should know of first.
   *
   * @param roots the trust anchors
   * @param issuing the issuing CA
   * @param rootRef where the key of the root above it is kept
   * @param issuingRef where its key is kept
   */
  public record First(
      List<X509Certificate> roots, X509Certificate issuing, String rootRef, String issuingRef) {}

  /**
   * Makes a P-256 key for a CA. It stays here.
   *
   * @throws StartException if it cannot be kept
   */
  public CaKey create(Role role) throws StartException {
    return home().create(role);
  }

  /**
   * The key made here for this certificate.
   *
   * @return empty if there is none
   * @throws StartException if it is not readable
   */
  public Optional<CaKey> made(Role role, X509Certificate certificate) throws StartException {
    Optional<CaKey> made = home().find(home().ref(role, certificate));
    return made.isPresent() ? made : files.find(files.ref(role, certificate));
  }

  /**
   * Keeps a certificate with its key.
   *
   * @throws StartException if it cannot be kept
   */
  public void certified(CaKey key, List<X509Certificate> chain) throws StartException {
    homeOf(key.ref()).certified(key.ref(), chain);
  }

  /** Whether there is a key of this name; it is not opened. */
  public boolean holds(String ref) {
    return ref.startsWith(KeyToken.PREFIX)
        ? token.filter(t -> t.holds(ref)).isPresent()
        : files.holds(ref);
  }

  /**
   * The key of a CA.
   *
   * @return empty if it is not kept here, or not any more
   * @throws StartException if it is not readable, is another's, or the passphrase is wrong
   */
  public Optional<Signer> signer(Issuer issuer) throws StartException {
    Optional<CaKey> key =
        issuer.keyRef() == null ? Optional.empty() : homeOf(issuer.keyRef()).find(issuer.keyRef());
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

  /** Leaves the token. */
  @Override
  public void close() {
    token.ifPresent(KeyToken::close);
  }
}
