package io.mintmark.provisioning.ca;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.StartException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the CAs' keys are kept: the first two in {@code ca/root.p12} and {@code ca/issuing.p12}
 * (PKCS#12, mode 0600), and a copy of the bundle in {@code trust.pem}. A root's key is needed to
 * make an issuing CA and for nothing else: once that is done its file can be moved to a safe.
 */
public final class AuthorityFolder {

  /** The first root's key, as a registry names it. */
  public static final String FIRST_ROOT = "ca/root.p12";

  /** The first issuing CA's key. */
  public static final String FIRST_ISSUING = "ca/issuing.p12";

  private static final String ALIAS = "ca";

  private final Path data;
  private final Path rootFile;
  private final Path issuingFile;
  private final Path trustFile;
  private final char[] passphrase;

  /**
   * The CA's place in a data folder.
   *
   * @param passphrase opens the key stores
   */
  public AuthorityFolder(Path data, String passphrase) {
    this.data = data;
    this.rootFile = data.resolve(FIRST_ROOT);
    this.issuingFile = data.resolve(FIRST_ISSUING);
    this.trustFile = data.resolve("trust.pem");
    this.passphrase = passphrase.toCharArray();
  }

  /** Whether the first issuing CA was made here. */
  public boolean exists() {
    return Files.exists(issuingFile);
  }

  /**
   * Makes the root and the issuing CA, as far as an interrupted attempt before has not.
   *
   * @throws StartException if a file cannot be read or written, or the passphrase is wrong
   */
  public void create(TrustDomain trustDomain, Instant now) throws StartException {
    CaCertificates certificates = new CaCertificates(trustDomain, now);
    try {
      if (!Files.exists(rootFile)) {
        KeyPair keys = CertificateRequest.newKeyPair();
        save(rootFile, new Credential(keys.getPrivate(), List.of(certificates.root(keys))));
      }
      Credential root = load(rootFile);
      KeyPair keys = CertificateRequest.newKeyPair();
      X509Certificate issuing = certificates.issuing(keys.getPublic(), root);
      save(issuingFile, new Credential(keys.getPrivate(), List.of(issuing, root.certificate())));
    } catch (IOException e) {
      throw new StartException("the CA's keys cannot be stored: " + e.getMessage(), e);
    }
  }

  /**
   * The first issuing CA and the roots there are, for a registry that knows of none.
   *
   * @throws StartException if a file is missing or not readable, or the passphrase is wrong
   */
  public First first() throws StartException {
    Credential issuing = load(issuingFile);
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
   * The key of a CA.
   *
   * @return empty if it is not kept here, or not any more
   * @throws StartException if it is not readable, is another's, or the passphrase is wrong
   */
  public Optional<Signer> signer(Issuer issuer) throws StartException {
    Path file = issuer.keyRef() == null ? null : data.resolve(issuer.keyRef());
    if (file == null || !Files.exists(file)) {
      return Optional.empty();
    }
    Credential credential = load(file);
    if (!credential.certificate().getPublicKey().equals(issuer.certificate().getPublicKey())) {
      throw new StartException(
          file + " holds the key of another CA than " + issuer.id() + ": restore it from a backup");
    }
    return Optional.of(Signer.of(credential.key()));
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

  private void save(Path file, Credential credential) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          ALIAS, credential.key(), passphrase, credential.chain().toArray(new Certificate[0]));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, passphrase);
      AtomicFile.writeSecret(file, bytes.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot write PKCS#12", e);
    }
  }

  private Credential load(Path file) throws StartException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, passphrase);
      PrivateKey key = (PrivateKey) store.getKey(ALIAS, passphrase);
      Certificate[] chain = store.getCertificateChain(ALIAS);
      if (key == null || chain == null) {
        throw new StartException(file + " holds no key named '" + ALIAS + "'");
      }
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate certificate : chain) {
        certificates.add((X509Certificate) certificate);
      }
      return new Credential(key, certificates);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      if (e instanceof UnrecoverableKeyException
          || e.getCause() instanceof UnrecoverableKeyException) {
        throw new StartException("wrong passphrase for " + file, e);
      }
      throw new StartException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
