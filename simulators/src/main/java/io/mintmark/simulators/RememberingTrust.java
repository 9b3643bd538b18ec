package io.mintmark.simulators;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Validates the chain of the one server that many virtual devices talk to, once, and then knows it
 * again by its bytes. Only for playing devices: a real one looks each time. Thread-safe.
 */
public final class RememberingTrust extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager trust;
  private volatile X509Certificate[] seen = {};

  /** Trusts chains that end in one of these. */
  public RememberingTrust(List<X509Certificate> anchors) {
    this.trust = trusting(anchors);
  }

  private static X509ExtendedTrustManager trusting(List<X509Certificate> anchors) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < anchors.size(); i++) {
        store.setCertificateEntry("anchor-" + i, anchors.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return found;
        }
      }
      throw new IllegalStateException("this JDK has no trust manager for certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot set up trust", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    if (!Arrays.equals(chain, seen)) {
      trust.checkServerTrusted(chain, authType, socket);
      seen = chain.clone();
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (!Arrays.equals(chain, seen)) {
      trust.checkServerTrusted(chain, authType, engine);
      seen = chain.clone();
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("this trust manager is for a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("this trust manager is for a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("this trust manager is for a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
