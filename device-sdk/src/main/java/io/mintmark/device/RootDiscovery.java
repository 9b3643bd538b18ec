package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.Pem;
import io.mintmark.identity.ServerDates;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Fetches the root a device knows by its fingerprint alone (RFC 7030, section 4.1.1): {@code /cacerts}
 * is asked over a connection to whoever it is, to whom the device shows no certificate. Of the answer the root with the
 * fingerprint is taken and nothing else, and only if that connection's own certificate turns out to be
 * by it. For one thread at a time.
 */
final class RootDiscovery {

  private final EstSettings settings;
  private final DeviceTrust trust;
  private final Clock clock;

  /**
   * @param trust given the root, unless it has roots; knows the fingerprints
   */
  RootDiscovery(EstSettings settings, DeviceTrust trust, Clock clock) {
    this.settings = settings;
    this.trust = trust;
    this.clock = clock;
  }

  /**
   * Makes sure that there are roots to trust; nothing changes if there are.
   *
   * @throws DeviceException {@link RefusedException} if the service does not have the root, {@link
   *     RetryLaterException} if it could not be asked, or the root not stored
   */
  void ensure() throws DeviceException {
    if (trust.isKnown()) {
      return;
    }
    String what = "the service at " + settings.service().getAuthority() + " gave no root";
    Stranger stranger = new Stranger();
    List<X509Certificate> roots;
    try {
      EstClient est =
          settings.client(Credential.anonymousTlsContext(stranger), clock, ServerDates.NONE);
      roots = pinned(est.caCertificates(), what);
    } catch (EstException e) {
      throw Failures.of(what, e);
    }
    if (!isBy(roots, stranger.chain)) {
      throw new RefusedException(
          what + ": it named the root with the fingerprint given, but its own certificate is not by"
              + " it; somebody may be in between. Nothing was stored");
    }
    try {
      trust.replace(roots);
    } catch (IOException e) {
      throw new RetryLaterException("cannot store the root: " + e, e);
    }
  }

  private List<X509Certificate> pinned(List<X509Certificate> answer, String what)
      throws RefusedException {
    Set<String> wanted = trust.fingerprints();
    List<X509Certificate> roots = answer.stream().filter(RootDiscovery::isRoot).toList();
    List<X509Certificate> pinned =
        roots.stream().filter(c -> wanted.contains(fingerprint(c))).toList();
    if (pinned.isEmpty()) {
      throw new RefusedException(
          what + " with the fingerprint given, " + String.join(" or ", wanted)
              + ", but "
              + roots.stream().map(RootDiscovery::fingerprint).toList()
              + ": compare with that of the installation's trust.pem. Nothing was stored");
    }
    return pinned;
  }

  /**
   * Whether a chain ends in one of the roots, whenever that was: a device that has no root yet may not
   * have the time either. The next connection is asked for dates, purpose and the host's name.
   */
  private static boolean isBy(List<X509Certificate> roots, List<X509Certificate> chain) {
    X509CertSelector leaf = new X509CertSelector();
    leaf.setCertificate(chain.get(0));
    Set<TrustAnchor> anchors =
        roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(
          chain.stream().map(X509Certificate::getNotBefore).max(Date::compareTo).orElseThrow());
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return true;
    } catch (CertPathBuilderException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot build certification paths", e);
    }
  }

  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0
        && certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** SHA-256 of the certificate in lower-case hex, as openssl has it but for the colons. */
  static String fingerprint(X509Certificate certificate) {
    try {
      return Pem.fingerprint(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the certificate cannot be encoded", e);
    }
  }

  /** Lets anybody pass and remembers who it was. */
  private static final class Stranger extends X509ExtendedTrustManager {
    private List<X509Certificate> chain = List.of();

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type) {
      chain = List.of(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
      checkServerTrusted(shown, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
      checkServerTrusted(shown, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type)
        throws CertificateException {
      throw new CertificateException("nobody is a client here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket)
        throws CertificateException {
      checkClientTrusted(shown, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(shown, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
