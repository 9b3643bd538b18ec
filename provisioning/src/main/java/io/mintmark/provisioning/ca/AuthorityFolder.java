package io.mintmark.provisioning.ca;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
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

/**
 * Where the CA's keys are kept: {@code ca/root.p12} and {@code ca/issuing.p12} (PKCS#12, mode 0600)
 * and the roots' certificates in {@code trust.pem}. The root's key is needed to make an issuing CA
 * and for nothing else: once that is done its file can be moved to a safe.
 */
public final class AuthorityFolder {

  private static final String ALIAS = "ca";

  private final Path rootFile;
  private final Path issuingFile;
  private final Path trustFile;
  private final char[] passphrase;

  /**
   * The CA's place in a data folder.
   *
   * @param passphrase opens both key stores
   */
  public AuthorityFolder(Path data, String passphrase) {
    this.rootFile = data.resolve("ca").resolve("root.p12");
    this.issuingFile = data.resolve("ca").resolve("issuing.p12");
    this.trustFile = data.resolve("trust.pem");
    this.passphrase = passphrase.toCharArray();
  }

  /** Whether there is an issuing CA. */
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
   * Opens the issuing CA.
   *
   * @throws StartException if a file is missing or not readable, the passphrase is wrong, the
   *     issuing CA has expired or is not of a root of {@code trust.pem}
   */
  public Opened open(Instant now) throws StartException {
    Credential issuing = load(issuingFile);
    List<X509Certificate> roots = roots(issuing);
    String fault = Chains.fault(List.of(issuing.certificate()), roots, now);
    if (fault != null) {
      throw new StartException("the issuing CA of " + issuingFile + " " + fault);
    }
    return new Opened(roots, issuing);
  }

  /**
   * What a start needs of the CA.
   *
   * @param roots the trust anchors
   * @param issuing the issuing key, its certificate first
   */
  public record Opened(List<X509Certificate> roots, Credential issuing) {}

  private List<X509Certificate> roots(Credential issuing) throws StartException {
    try {
      if (!Files.exists(trustFile)) {
        X509Certificate root = issuing.chain().get(issuing.chain().size() - 1);
        AtomicFile.write(trustFile, Pem.encode(List.of(root)));
      }
      return Pem.certificates(Files.readString(trustFile));
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
