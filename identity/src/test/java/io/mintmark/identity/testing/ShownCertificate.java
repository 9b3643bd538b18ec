package io.mintmark.identity.testing;

import io.mintmark.identity.Credential;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** A server's key manager: each whole handshake shows the certificate there is by then. Thread-safe. */
public final class ShownCertificate extends X509ExtendedKeyManager {

  private volatile X509ExtendedKeyManager current;

  public ShownCertificate(Credential first) {
    show(first);
  }

  /** From the next whole handshake on this one. */
  public void show(Credential next) {
    current = next.keyManager();
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return current.chooseEngineServerAlias(type, issuers, engine);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return current.chooseServerAlias(type, issuers, socket);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.getCertificateChain(alias);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.getPrivateKey(alias);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return current.getServerAliases(type, issuers);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return null;
  }
}
