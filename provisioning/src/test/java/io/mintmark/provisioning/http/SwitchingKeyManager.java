package io.mintmark.provisioning.http;

import io.mintmark.identity.Credential;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedKeyManager;

/** A client that changes its certificate within one TLS context, as careless clients do. */
class SwitchingKeyManager extends X509ExtendedKeyManager {

  /** What to show from now on; null for nothing. */
  volatile Credential shown;

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return shown == null ? null : "shown";
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return shown.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return shown.key();
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {"shown"};
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
