package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a TLS server lets anybody see who begins a handshake: the chain it shows, and the CAs whose
 * client certificates it takes (RFC 5246, section 7.4.4).
 *
 * @param shows leaf first
 * @param asksFor the names of the CAs; empty if it names none
 */
public record TlsFace(List<X509Certificate> shows, Set<Principal> asksFor) {

  private static final int MILLIS = 10_000;

  /**
   * Looks, without a certificate to show and without believing anything.
   *
   * @throws IOException if the server could not be reached, or showed nothing
   */
  public static TlsFace of(String host, int port) throws IOException {
    Onlooker onlooker = new Onlooker();
    // In TLS 1.2 a server that asks for a certificate always says whose.
    try (Socket tcp = new Socket()) {
      tcp.connect(new InetSocketAddress(host, port), MILLIS);
      tcp.setSoTimeout(MILLIS);
      SSLSocket tls =
          (SSLSocket) onlooker.context().getSocketFactory().createSocket(tcp, host, port, true);
      tls.setEnabledProtocols(new String[] {"TLSv1.2"});
      tls.startHandshake();
    } catch (IOException e) {
      if (onlooker.shown == null) {
        throw e;
      }
      // It does not talk to strangers: it has been seen all the same.
    }
    return new TlsFace(onlooker.shown, onlooker.asked);
  }

  /** Whether the chain it shows ends in one of these roots. */
  public boolean isTrustedBy(List<X509Certificate> anchors) {
    try {
      Credential.trustManager(anchors)
          .checkServerTrusted(shows.toArray(new X509Certificate[0]), "UNKNOWN");
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /** Whether it is certified by this CA itself. */
  boolean isBy(X509Certificate issuing) {
    return shows.get(0).getIssuerX500Principal().equals(issuing.getSubjectX500Principal());
  }

  /** Takes down what it sees. */
  private static final class Onlooker {
    private List<X509Certificate> shown;
    private Set<Principal> asked = Set.of();

    SSLContext context() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new Nothing()}, new TrustManager[] {new Anything()}, null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK cannot set up TLS", e);
      }
    }

    private final class Anything extends X509ExtendedTrustManager {
      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
        shown = List.of(chain);
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException();
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    }

    private final class Nothing extends X509ExtendedKeyManager {
      @Override
      public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        asked = issuers == null ? Set.of() : Set.of(issuers);
        return null;
      }

      @Override
      public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
      }

      @Override
      public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
      }

      @Override
      public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
      }

      @Override
      public X509Certificate[] getCertificateChain(String alias) {
        return null;
      }

      @Override
      public PrivateKey getPrivateKey(String alias) {
        return null;
      }
    }
  }
}
