package io.mintmark.identity;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A private key and the certificate chain that speaks for it. Immutable and thread-safe. Neither
 * {@code toString} nor any exception shows the key.
 */
public final class Credential {

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  /**
   * @param key the private key of the first certificate; it may live in hardware
   * @param chain leaf first, then the issuers in order, the root left out or not
   * @throws IllegalArgumentException if the chain is empty or the key is not the leaf's
   */
  public Credential(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a credential needs at least one certificate");
    }
    requireMatch(key, chain.get(0).getPublicKey());
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  /** The private key. A secret. */
  public PrivateKey key() {
    return key;
  }

  /** Leaf first; never empty. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The certificate of the key. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /**
   * Who the certificate stands for.
   *
   * @throws IllegalArgumentException if it carries no Mintmark identity, as a bootstrap certificate
   */
  public Identity identity() {
    return Identity.of(certificate());
  }

  /** Key and chain as PEM, the form they are stored in. A secret. */
  public String toPem() {
    return Pem.encode(key) + Pem.encode(chain);
  }

  /**
   * Reads {@link #toPem} back: one PKCS#8 key and its certificates, leaf first.
   *
   * @throws IllegalArgumentException if either is missing or they do not belong together
   */
  public static Credential fromPem(String pem) {
    return new Credential(Pem.privateKey(pem), Pem.certificates(pem));
  }

  /**
   * A TLS client context of its own that shows this credential and trusts exactly the given
   * anchors. A new one per credential: JSSE resumes sessions per context, and a resumed session
   * shows the certificate of the session it resumes.
   *
   * @param trustAnchors the roots the other side's chain must end in
   */
  public SSLContext tlsContext(Collection<X509Certificate> trustAnchors) {
    return tlsContext(trustManager(trustAnchors));
  }

  /**
   * The same with trust decided by somebody else, who may share the work among many credentials.
   *
   * @param trust decides about the other side's chain
   */
  public SSLContext tlsContext(TrustManager trust) {
    return tlsContext(new TrustManager[] {trust}, keyManager());
  }

  /**
   * Shows this credential in TLS, on either side, whatever the other side says it would like. It has
   * the key at hand; the JDK's own key managers decrypt it out of a key store for each handshake.
   */
  public X509ExtendedKeyManager keyManager() {
    return keyManager(key, chain);
  }

  /**
   * The same for a key and chain that are known to belong together, as they were stored as one: that is
   * not looked at again, which takes longer than all else where thousands are loaded.
   */
  public static X509ExtendedKeyManager keyManager(PrivateKey key, List<X509Certificate> chain) {
    return new OneCredential(key, chain);
  }

  /** A TLS client context that shows what a key manager has, with trust decided by somebody else. */
  public static SSLContext tlsContext(KeyManager shown, TrustManager trust) {
    return tlsContext(new TrustManager[] {trust}, shown);
  }

  /** A TLS client context that shows no certificate and trusts exactly the given anchors. */
  public static SSLContext anonymousTlsContext(Collection<X509Certificate> trustAnchors) {
    return anonymousTlsContext(trustManager(trustAnchors));
  }

  /**
   * The same with trust decided by somebody else.
   *
   * @param trust decides about the other side's chain
   */
  public static SSLContext anonymousTlsContext(TrustManager trust) {
    return tlsContext(new TrustManager[] {trust});
  }

  private static SSLContext tlsContext(TrustManager[] trust, KeyManager... shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown, trust, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot set up TLS with the credential", e);
    }
  }

  /** Trusts chains that end in one of the given anchors, and nothing else. */
  public static X509ExtendedTrustManager trustManager(Collection<X509Certificate> trustAnchors) {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      int i = 0;
      for (X509Certificate anchor : trustAnchors) {
        anchors.setCertificateEntry("anchor-" + i++, anchor);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot set up TLS with the trust anchors", e);
    }
  }

  /**
   * Requires that the halves belong together.
   *
   * @throws IllegalArgumentException if they do not
   */
  static void requireMatch(PrivateKey key, PublicKey publicKey) {
    String algorithm = switch (publicKey.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> publicKey.getAlgorithm();
    };
    byte[] challenge = "mintmark: does this key belong to this certificate?".getBytes(UTF_8);
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(challenge);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(challenge);
      if (verifier.verify(signature)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the private key does not belong to the certificate ("
          + e.getClass().getSimpleName()
          + ")");
    }
    throw new IllegalArgumentException("the private key does not belong to the certificate");
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  @Override
  public String toString() {
    return "Credential[" + certificate().getSubjectX500Principal() + "]";
  }

  /**
   * Shows one credential whatever issuers the server names: RFC 7030 servers ask for more than one
   * kind of certificate on one port, so their list of names is no guide.
   */
  private static final class OneCredential extends X509ExtendedKeyManager {
    private static final String ALIAS = "credential";
    private final PrivateKey key;
    private final X509Certificate[] chain;

    OneCredential(PrivateKey key, List<X509Certificate> chain) {
      this.key = key;
      this.chain = chain.toArray(new X509Certificate[0]);
    }

    private String alias(String... keyTypes) {
      String own = chain[0].getPublicKey().getAlgorithm();
      for (String type : keyTypes) {
        if (type.equals(own) || (type.equals("EdDSA") && own.startsWith("Ed"))) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
      return alias(keyType);
    }

    @Override
    public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
      return alias(keyType);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return alias(keyType);
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return alias(keyType);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return alias(keyType) == null ? null : new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }
}
