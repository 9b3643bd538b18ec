package io.mintmark.device;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom the device trusts, in memory and in its folder. TLS contexts hold on to this object, so that
 * with {@link #replace} the next handshake of each goes by the new anchors, and connections there are
 * stay. Thread-safe.
 */
final class DeviceTrust extends AskedTrust {

  private static final System.Logger LOG = System.getLogger(DeviceTrust.class.getName());

  /**
   * Anchors, and what the JDK makes of them by the device's clock: without any it would not even say
   * no.
   */
  private record Held(List<X509Certificate> anchors, X509ExtendedTrustManager trusting) {
    static Held of(Collection<X509Certificate> anchors, Clock clock) {
      return new Held(List.copyOf(anchors), new DatedTrust(anchors, chain -> clock.instant()));
    }

    X509ExtendedTrustManager manager() throws CertificateException {
      if (anchors.isEmpty()) {
        throw new CertificateException("no root is known yet");
      }
      return trusting;
    }
  }

  /** As JSSE says it in TLS 1.3. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  private final DeviceFolder folder;
  private final Set<String> fingerprints;
  private final Clock clock;
  private volatile Held held;

  private DeviceTrust(
      DeviceFolder folder,
      Set<String> fingerprints,
      Collection<X509Certificate> anchors,
      Clock clock) {
    this.folder = folder;
    this.fingerprints = Set.copyOf(fingerprints);
    this.clock = clock;
    this.held = Held.of(anchors, clock);
  }

  /**
   * The folder's anchors, else the given ones, which are stored then: what is stored may be newer than
   * what was built into the device. Else none, until the root of a fingerprint was found.
   *
   * @param fingerprints SHA-256 of roots in lower-case hex; may be empty, as may be those given
   * @param clock when certificates have to be valid
   * @throws IOException if they cannot be stored, or those stored are damaged and nothing was given
   */
  static DeviceTrust open(
      DeviceFolder folder, Collection<X509Certificate> given, Set<String> fingerprints, Clock clock)
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
    return new DeviceTrust(folder, fingerprints, stored.orElse(List.copyOf(given)), clock);
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
    held = Held.of(anchors, clock);
  }

  /** The same by other anchors: whom the device would trust if it held these. */
  TrustManager by(Collection<X509Certificate> anchors) {
    return Held.of(anchors, clock).trusting();
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
  X509ExtendedTrustManager judge(X509Certificate[] chain) throws CertificateException {
    return held.manager();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return held.trusting().getAcceptedIssuers();
  }
}
