package io.mintmark.device;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom the device trusts, in memory and in its folder. TLS contexts hold on to this object, so that
 * with {@link #replace} the next handshake of each goes by the new anchors, and connections there are
 * stay. Thread-safe.
 */
final class DeviceTrust extends X509ExtendedTrustManager {

  /** Anchors, and what the JDK makes of them by the device's clock. */
  private record Held(List<X509Certificate> anchors, X509ExtendedTrustManager manager) {
    static Held of(Collection<X509Certificate> anchors, Clock clock) {
      return new Held(List.copyOf(anchors), new DatedTrust(anchors, chain -> clock.instant()));
    }
  }

  /** As JSSE says it in TLS 1.3. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  private final DeviceFolder folder;
  private final Clock clock;
  private volatile Held held;

  private DeviceTrust(DeviceFolder folder, Collection<X509Certificate> anchors, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    this.held = Held.of(anchors, clock);
  }

  /**
   * The folder's anchors, else the given ones, which are stored then.
   *
   * @param clock when certificates have to be valid
   * @throws IOException if they cannot be read or stored
   */
  static DeviceTrust open(DeviceFolder folder, Collection<X509Certificate> given, Clock clock)
      throws IOException {
    return new DeviceTrust(folder, folder.anchors(given), clock);
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
    held = Held.of(anchors, clock);
  }

  /** The same by other anchors: whom the device would trust if it held these. */
  TrustManager by(Collection<X509Certificate> anchors) {
    return Held.of(anchors, clock).manager();
  }

  /** The same but for the moment: a chain that is valid at one that is not the clock's will do. */
  TrustManager whenever() {
    return new DatedTrust(anchors(), DeviceTrust::lastBeginning);
  }

  /** When the certificates of a chain were all there; one may have expired since. */
  private static Instant lastBeginning(X509Certificate[] chain) {
    return Stream.of(chain)
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }

  /** Whether a server's chain, of which all else has been checked, is valid at the moment. */
  boolean holds(List<X509Certificate> chain, Instant moment) {
    try {
      new DatedTrust(anchors(), c -> moment)
          .checkServerTrusted(chain.toArray(new X509Certificate[0]), ANY_KEY_EXCHANGE);
      return true;
    } catch (CertificateException e) {
      return false;
    }
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
