package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.LoginException;

/**
 * Keys in a PKCS#11 token, through the JDK's SunPKCS11: they are made there, marked as not
 * extractable, and never leave. Thread-safe.
 */
public final class KeyToken implements KeyHome, AutoCloseable {

  /** What names of keys in a token begin with. */
  static final String PREFIX = "pkcs11:";

  private static final String CONFIGURATION = """
      --name = mintmark
      library = "%s"
      slot = %d
      attributes(generate, CKO_PRIVATE_KEY, *) = {
        CKA_SIGN = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
      }
      """;

  private final Provider provider;
  private final KeyStore store;

  private KeyToken(Provider provider, KeyStore store) {
    this.provider = provider;
    this.store = store;
  }

  /**
   * Logs in.
   *
   * @param pin the user's; a secret
   * @throws StartException if the library or the token is not there, or the PIN is wrong
   */
  public static KeyToken open(TokenSettings settings, char[] pin) throws StartException {
    if (!Files.isReadable(settings.library())) {
      throw new StartException("the PKCS#11 library " + settings.library()
          + " is not there: check ca, pkcs11, library in the settings");
    }
    Provider provider;
    KeyStore store;
    try {
      provider = Security.getProvider("SunPKCS11")
          .configure(CONFIGURATION.formatted(settings.library(), settings.slot()));
      store = KeyStore.getInstance("PKCS11", provider);
    } catch (InvalidParameterException | ProviderException | GeneralSecurityException e) {
      throw new StartException(
          "there is no PKCS#11 token in slot " + settings.slot() + " of " + settings.library()
              + ": plug it in, or correct ca, pkcs11, slot in the settings ("
              + innermost(e) + ")",
          e);
    }
    try {
      store.load(null, pin);
      return new KeyToken(provider, store);
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      throw new StartException(
          innermost(e).contains("PIN")
              ? "the PIN of the PKCS#11 token in slot " + settings.slot() + " is wrong ("
                  + innermost(e)
                  + "): correct it before trying again, a token locks after some attempts"
              : "the PKCS#11 token in slot " + settings.slot() + " cannot be used: " + innermost(e),
          e);
    }
  }

  private static String innermost(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return Printable.of(String.valueOf(last.getMessage()));
  }

  @Override
  public CaKey create(Role role) throws StartException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      Signer signer = signer(keys.getPrivate());
      X509Certificate standIn = CaCertificates.standIn(keys.getPublic(), signer);
      String name = KeyHome.name(role, standIn);
      store.setKeyEntry(name, keys.getPrivate(), null, new Certificate[] {standIn});
      return find(PREFIX + name).orElseThrow();
    } catch (GeneralSecurityException | ProviderException e) {
      throw new StartException(
          "the PKCS#11 token cannot make and keep a P-256 key: " + innermost(e), e);
    }
  }

  @Override
  public String ref(Role role, X509Certificate certificate) {
    return PREFIX + KeyHome.name(role, certificate);
  }

  @Override
  public boolean holds(String ref) {
    try {
      return store.isKeyEntry(name(ref));
    } catch (GeneralSecurityException | ProviderException e) {
      return false;
    }
  }

  @Override
  public Optional<CaKey> find(String ref) throws StartException {
    try {
      PrivateKey key = (PrivateKey) store.getKey(name(ref), null);
      X509Certificate certificate = (X509Certificate) store.getCertificate(name(ref));
      return key == null || certificate == null
          ? Optional.empty()
          : Optional.of(new CaKey(ref, certificate, signer(key)));
    } catch (GeneralSecurityException | ProviderException e) {
      throw new StartException(
          "the key " + ref + " cannot be had from the PKCS#11 token: " + innermost(e), e);
    }
  }

  /** The stand-in stays: SunPKCS11 would delete a key of the token whose certificate is replaced. */
  @Override
  public void certified(String ref, List<X509Certificate> chain) {
    // The registry has the certificate.
  }

  private Signer signer(PrivateKey key) {
    return toBeSigned -> {
      try {
        Signature signature = Signature.getInstance(Signer.ALGORITHM, provider);
        signature.initSign(key);
        signature.update(toBeSigned);
        return signature.sign();
      } catch (ProviderException e) {
        throw new GeneralSecurityException("the PKCS#11 token does not sign: " + innermost(e), e);
      }
    };
  }

  private static String name(String ref) {
    return ref.substring(PREFIX.length());
  }

  /** Logs out: the keys cannot be used any more. */
  @Override
  public void close() {
    try {
      ((AuthProvider) provider).logout();
    } catch (LoginException | ProviderException e) {
      // The token is gone, and with it the session.
    }
  }
}
