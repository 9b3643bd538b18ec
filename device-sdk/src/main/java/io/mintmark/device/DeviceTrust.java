package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom the device trusts, in memory and in its folder. TLS contexts hold on to this object, so that
 * with {@link #replace} the next handshake of each goes by the new anchors, and connections there are
 * stay. Thread-safe.
 */
final class DeviceTrust extends X509ExtendedTrustManager {

  private static final System.Logger LOG = System.getLogger(DeviceTrust.class.getName());

  /** Anchors, and what the JDK makes of them: without any it would not even say no. */
  private record Held(List<X509Certificate> anchors, X509ExtendedTrustManager trusting) {
    static Held of(Collection<X509Certificate> anchors) {
      return new Held(List.copyOf(anchors), Credential.trustManager(anchors));
    }

    X509ExtendedTrustManager manager() throws CertificateException {
      if (anchors.isEmpty()) {
        throw new CertificateException("no root is known yet");
      }
      return trusting;
    }
  }

  private final DeviceFolder folder;
  private final Set<String> fingerprints;
  private volatile Held held;

  private DeviceTrust(
      DeviceFolder folder, Set<String> fingerprints, Collection<X509Certificate> anchors) {
    this.folder = folder;
    this.fingerprints = Set.copyOf(fingerprints);
    this.held = Held.of(anchors);
  }

  /**
   * The folder's anchors, else the given ones, which are stored then: what is stored may be newer than
   * what was built into the device. Else none, until the root of a fingerprint was found.
   *
   * @param fingerprints SHA-256 of roots in lower-case hex; may be empty, as may be those given
   * @throws IOException if they cannot be stored, or those stored are damaged and nothing was given
   */
  static DeviceTrust open(
      DeviceFolder folder, Collection<X509Certificate> given, Set<String> fingerprints)
      throws IOException {
    Optional<List<X509Certificate>> stored = Optional.empty();
    try {
      stored = folder.anchors();
    } catch (IOException e) {
      if (given.isEmpty() && fingerprints.isEmpty()) {
        throw e;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "the stored roots are lost, the device begins with those it was built with: {0}",
          e.getMessage());
    }
    if (stored.isEmpty() && !given.isEmpty()) {
      folder.keep(given);
    }
    return new DeviceTrust(folder, fingerprints, stored.orElse(List.copyOf(given)));
  }

  /** Whether there is anybody to trust. */
  boolean isKnown() {
    return !held.anchors().isEmpty();
  }

  /** By which a first root is known, where there is none yet. */
  Set<String> fingerprints() {
    return fingerprints;
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
    return held.trusting().getAcceptedIssuers();
  }
}
