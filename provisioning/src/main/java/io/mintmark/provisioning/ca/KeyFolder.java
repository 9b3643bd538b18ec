package io.mintmark.provisioning.ca;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.provisioning.Issuer.Role;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys in PKCS#12 files of mode 0600, one a file, all behind one passphrase. Thread-safe. */
final class KeyFolder implements KeyHome {

  private static final String ALIAS = "ca";

  private final Path data;
  private final AuthorityFolder.PassphraseSource source;
  private char[] passphrase;

  /**
   * @param data what names of keys are relative to
   * @param source of what opens the files; asked once, when it is needed
   */
  KeyFolder(Path data, AuthorityFolder.PassphraseSource source) {
    this.data = data;
    this.source = source;
  }

  private synchronized char[] passphrase() throws StartException {
    if (passphrase == null) {
      passphrase = source.get().toCharArray();
    }
    return passphrase;
  }

  @Override
  public CaKey create(Role role) throws StartException {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate standIn =
        CaCertificates.standIn(keys.getPublic(), Signer.of(keys.getPrivate()));
    String ref = ref(role, standIn);
    save(ref, new Credential(keys.getPrivate(), List.of(standIn)));
    return new CaKey(ref, standIn, Signer.of(keys.getPrivate()));
  }

  @Override
  public String ref(Role role, X509Certificate certificate) {
    return "ca/" + KeyHome.name(role, certificate) + ".p12";
  }

  @Override
  public boolean holds(String ref) {
    return Files.exists(data.resolve(ref));
  }

  @Override
  public Optional<CaKey> find(String ref) throws StartException {
    if (!holds(ref)) {
      return Optional.empty();
    }
    Credential credential = load(ref);
    return Optional.of(new CaKey(ref, credential.certificate(), Signer.of(credential.key())));
  }

  @Override
  public void certified(String ref, List<X509Certificate> chain) throws StartException {
    save(ref, new Credential(load(ref).key(), chain));
  }

  /** Keeps a key in the file of this name. */
  void save(String ref, Credential credential) throws StartException {
    char[] secret = passphrase();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          ALIAS, credential.key(), secret, credential.chain().toArray(new Certificate[0]));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, secret);
      AtomicFile.writeSecret(data.resolve(ref), bytes.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot write PKCS#12", e);
    } catch (IOException e) {
      throw new StartException(
          "a CA's key cannot be stored in " + data.resolve(ref) + ": " + e.getMessage(), e);
    }
  }

  /** What a file holds. */
  Credential load(String ref) throws StartException {
    Path file = data.resolve(ref);
    char[] secret = passphrase();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, secret);
      PrivateKey key = (PrivateKey) store.getKey(ALIAS, secret);
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
