package io.mintmark.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.Security;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.security.auth.login.FailedLoginException;

/**
 * Reads credentials in the forms factories hand them out in. Passphrases and PINs are overwritten
 * before a method returns, however it does, and are in no message. Stateless.
 */
public final class CredentialReader {

  private CredentialReader() {}

  /**
   * From one PEM file: a PKCS#8 key that is not encrypted, and its certificates, leaf first.
   *
   * @throws IOException if it cannot be read or is something else; it names the file
   */
  public static Credential pem(Path file) throws IOException {
    return pem(file, file);
  }

  /** The same from two. */
  public static Credential pem(Path keyFile, Path certificates) throws IOException {
    PrivateKey key;
    try {
      key = Pem.privateKey(text(keyFile));
    } catch (IllegalArgumentException e) {
      throw unusable(keyFile, e);
    }
    try {
      return new Credential(key, Pem.certificates(text(certificates)));
    } catch (IllegalArgumentException e) {
      throw unusable(certificates, e);
    }
  }

  /**
   * From a PKCS#12 file that holds one key.
   *
   * @param passphrase of file and key; overwritten
   * @throws IOException if it cannot be read, the passphrase is wrong, or it holds no key or several
   */
  public static Credential pkcs12(Path file, char[] passphrase) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      load(store, in, passphrase, file);
      List<String> keys = keys(store);
      if (keys.size() != 1) {
        throw new IOException(file + " is not usable: one private key is needed, it holds "
            + (keys.isEmpty() ? "none" : keys + ": give a KeyStore and the alias"));
      }
      return entry(store, keys.get(0), passphrase, file.toString());
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " is not usable: " + innermost(e), e);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static void load(KeyStore store, InputStream in, char[] passphrase, Path file)
      throws IOException, GeneralSecurityException {
    try {
      store.load(in, passphrase);
    } catch (IOException e) {
      throw new IOException(
          e.getCause() instanceof UnrecoverableKeyException
              ? "the passphrase of " + file + " is wrong"
              : file + " is not a PKCS#12 file that can be read: " + innermost(e),
          e);
    }
  }

  /**
   * From a key store, out of which the key need not come: one in a PKCS#11 token or a TPM is used
   * where it is. Its provider has to be among {@link Security#getProviders}, where TLS looks for
   * somebody who can sign with such a key.
   *
   * @param store one that is not loaded yet is, with the PIN, as tokens want it
   * @param alias whose certificates, leaf first, the store holds too
   * @param pin of the token, or of the key in a store that is loaded; overwritten; null for none
   * @throws IOException if the PIN is wrong, or there is no such key or no certificate with it
   */
  public static Credential keyStore(KeyStore store, String alias, char[] pin) throws IOException {
    String name =
        "the key store " + store.getType() + " of " + store.getProvider().getName();
    try {
      if (isLoaded(store)) {
        return entry(store, alias, pin, name);
      }
      store.load(null, pin);
      return entry(store, alias, null, name);
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      if (isAboutThePin(e)) {
        throw new IOException(
            "the PIN of " + name + " is wrong (" + innermost(e)
                + "): correct it before trying again, a token locks after some attempts",
            e);
      }
      throw e instanceof IOException io && io.getCause() == null
          ? io
          : new IOException(name + " cannot be used: " + innermost(e), e);
    } finally {
      if (pin != null) {
        Arrays.fill(pin, '\0');
      }
    }
  }

  private static boolean isLoaded(KeyStore store) {
    try {
      return store.size() >= 0;
    } catch (KeyStoreException e) {
      return false;
    }
  }

  private static boolean isAboutThePin(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof FailedLoginException || t instanceof UnrecoverableKeyException) {
        return true;
      }
    }
    return false;
  }

  private static Credential entry(KeyStore store, String alias, char[] pin, String name)
      throws IOException, GeneralSecurityException {
    Key key = store.getKey(alias, pin);
    Certificate[] found = store.getCertificateChain(alias);
    if (!(key instanceof PrivateKey privateKey)) {
      throw new IOException("there is no private key '" + Printable.of(alias) + "' in " + name
          + ": it holds " + keys(store));
    }
    if (found == null || found.length == 0) {
      throw new IOException("there is no certificate with the key '" + Printable.of(alias) + "' in "
          + name + ": put it there under the same alias");
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : found) {
      chain.add((X509Certificate) certificate);
    }
    try {
      return new Credential(privateKey, chain);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          Security.getProvider(store.getProvider().getName()) == null
              ? name + " cannot be used: register its provider first, Security.addProvider(...)"
              : "the key '" + Printable.of(alias) + "' in " + name + " is not usable: "
                  + e.getMessage());
    }
  }

  private static List<String> keys(KeyStore store) throws KeyStoreException {
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        keys.add(Printable.of(alias));
      }
    }
    return keys;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    }
  }

  private static IOException missing(Path file, NoSuchFileException e) {
    return new IOException("there is no file " + file, e);
  }

  private static IOException unusable(Path file, IllegalArgumentException e) {
    return new IOException(file + " is not usable: " + e.getMessage());
  }

  private static String innermost(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return Printable.of(String.valueOf(last.getMessage()));
  }
}
