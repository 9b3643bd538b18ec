package io.mintmark.provisioning.tls;

import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/** What there is to know of one connection's session, which nobody can resume. Thread-safe. */
final class BindableSession implements SSLSession {

  private static final int LARGEST_CONTENT = 1 << 14;

  /** Header and what encryption may add (RFC 5246, section 6.2.3). */
  private static final int LARGEST_RECORD = 5 + LARGEST_CONTENT + 2048;

  private final String protocol;
  private final String cipherSuite;
  private final List<X509Certificate> local;
  private final List<X509Certificate> peer;
  private final Map<String, Object> values = new ConcurrentHashMap<>();

  BindableSession(
      String protocol,
      String cipherSuite,
      List<X509Certificate> local,
      List<X509Certificate> peer) {
    this.protocol = protocol;
    this.cipherSuite = cipherSuite;
    this.local = local;
    this.peer = peer;
  }

  /** Of a handshake that is not over. */
  static BindableSession none() {
    return new BindableSession("NONE", "SSL_NULL_WITH_NULL_NULL", List.of(), List.of());
  }

  @Override
  public byte[] getId() {
    return new byte[0];
  }

  @Override
  public SSLSessionContext getSessionContext() {
    return null;
  }

  /** Unknown: there is no cache that would ask. */
  @Override
  public long getCreationTime() {
    return 0;
  }

  @Override
  public long getLastAccessedTime() {
    return 0;
  }

  @Override
  public void invalidate() {
    // Nobody could resume it.
  }

  @Override
  public boolean isValid() {
    return false;
  }

  @Override
  public void putValue(String name, Object value) {
    values.put(name, value);
  }

  @Override
  public Object getValue(String name) {
    return values.get(name);
  }

  @Override
  public void removeValue(String name) {
    values.remove(name);
  }

  @Override
  public String[] getValueNames() {
    return values.keySet().toArray(new String[0]);
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    if (peer.isEmpty()) {
      throw new SSLPeerUnverifiedException("the client showed no certificate");
    }
    return peer.toArray(new Certificate[0]);
  }

  @Override
  public Certificate[] getLocalCertificates() {
    return local.isEmpty() ? null : local.toArray(new Certificate[0]);
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
  }

  @Override
  public Principal getLocalPrincipal() {
    return local.isEmpty() ? null : local.get(0).getSubjectX500Principal();
  }

  @Override
  public String getCipherSuite() {
    return cipherSuite;
  }

  @Override
  public String getProtocol() {
    return protocol;
  }

  @Override
  public String getPeerHost() {
    return null;
  }

  @Override
  public int getPeerPort() {
    return -1;
  }

  @Override
  public int getPacketBufferSize() {
    return LARGEST_RECORD;
  }

  @Override
  public int getApplicationBufferSize() {
    return LARGEST_CONTENT;
  }
}
