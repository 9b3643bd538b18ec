package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom the device trusts, in memory and in its folder. TLS contexts hold on to this object, so that
 * with {@link #replace} the next handshake of each goes by the new anchors, and connections there are
 * stay. Thread-safe.
 */
final class DeviceTrust extends X509ExtendedTrustManager {

  /** Anchors, and what the JDK makes of them. */
  private record Held(List<X509Certificate> anchors, X509ExtendedTrustManager manager) {
    static Held of(Collection<X509Certificate> anchors) {
      return new Held(List.copyOf(anchors), Credential.trustManager(anchors));
    }
  }

  private final DeviceFolder folder;
  private volatile Held held;

  private DeviceTrust(DeviceFolder folder, Collection<X509Certificate> anchors) {
    this.folder = folder;
    this.held = Held.of(anchors);
  }

  /**
   * The folder's anchors, else the given ones, which are stored then.
   *
   * @throws IOException if they cannot be read or stored
   */
  static DeviceTrust open(DeviceFolder folder, Collection<X509Certificate> given)
      throws IOException {
    return new DeviceTrust(folder, folder.anchors(given));
  }

  /** The roots trusted now. */
  List<X509Certificate> anchors() {
    return held.anchors();
  }

  /**
   * Trusts these and no others; stored, as a crash must not undo it, before anybody goes by them.
   *
   * @throws IOException if they cannot be stored; those before stay
   */
  synchronized void replace(Collection<X509Certificate> anchors) throws IOException {
    folder.keep(anchors);
    held = Held.of(anchors);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    held.manager().checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    held.manager().checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    held.manager().checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    held.manager().checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    held.manager().checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    held.manager().checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return held.manager().getAcceptedIssuers();
  }
}
