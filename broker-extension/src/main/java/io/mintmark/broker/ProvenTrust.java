package io.mintmark.broker;

import io.mintmark.identity.Issued;
import java.net.Socket;
import java.security.AlgorithmConstraints;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * As strict about the certificates of TLS clients as the JDK, whose validation of a whole path takes
 * longer than all else in a handshake but the cryptography: the first client's path below a CA goes
 * through that, and then those of clients which show the same CAs and a certificate of the same {@link
 * CertificateForm}, so that nothing else is left for the JDK's rules to look at than {@link ProvenCas}
 * does. Whatever is not known to be the same goes through all of it. Thread-safe.
 *
 * <p>It knows the CAs of one trust store; another store takes another of these.
 */
final class ProvenTrust extends X509ExtendedTrustManager {

  /** All that the JDK's decision depends on but the certificate and the time. */
  private record Kind(
      List<X509Certificate> cas,
      String form,
      String authType,
      String protocol,
      List<String> algorithms,
      AlgorithmConstraints constraints) {}

  private final X509ExtendedTrustManager jdk;
  private final Set<X509Certificate> anchors;
  private final Clock clock;
  private final ProvenCas<Kind, Boolean> proven = new ProvenCas<>();

  /**
   * @param jdk which trusts certificates, not their keys alone
   * @param clock that the JDK goes by, too
   */
  ProvenTrust(X509ExtendedTrustManager jdk, Clock clock) {
    this.jdk = jdk;
    this.anchors = Set.copyOf(Arrays.asList(jdk.getAcceptedIssuers()));
    this.clock = clock;
  }

  /**
   * Around the JDK's; that one itself where it is to look for each certificate whether it was revoked,
   * or is something else than the JDK's usual.
   */
  static TrustManager around(TrustManager jdk) {
    return jdk instanceof X509ExtendedTrustManager extended
            && !Boolean.getBoolean("com.sun.net.ssl.checkRevocation")
        ? new ProvenTrust(extended, Clock.systemUTC())
        : jdk;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    Optional<Kind> kind = kind(chain, authType, engine);
    Instant moment = clock.instant();
    if (kind.isPresent() && proven.of(kind.get(), chain[0], moment).isPresent()) {
      return;
    }
    jdk.checkClientTrusted(chain, authType, engine);
    if (kind.isPresent()) {
      List<X509Certificate> cas = straight(chain);
      if (!cas.isEmpty()) {
        proven.add(kind.get(), cas, true, moment);
      }
    }
  }

  private static Optional<Kind> kind(X509Certificate[] chain, String authType, SSLEngine engine) {
    if (chain == null
        || chain.length < 2
        || engine == null
        || !(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
      return Optional.empty();
    }
    SSLParameters parameters = engine.getSSLParameters();
    String names = parameters.getEndpointIdentificationAlgorithm();
    if (names != null && !names.isEmpty()) {
      return Optional.empty();
    }
    return CertificateForm.of(chain[0])
        .map(form -> new Kind(
            List.of(chain).subList(1, chain.length),
            form,
            authType,
            session.getProtocol(),
            List.of(session.getLocalSupportedSignatureAlgorithms()),
            parameters.getAlgorithmConstraints()));
  }

  /**
   * The CAs above a certificate that was found good, with the anchor, where each one shown has issued
   * the one before: the JDK has taken this way then, or a shorter one of the same CAs. Otherwise
   * none. None, too, for an anchor, of which the JDK asks nothing.
   */
  private List<X509Certificate> straight(X509Certificate[] chain) {
    if (anchors.contains(chain[0])) {
      return List.of();
    }
    for (int i = 1; i < chain.length; i++) {
      if (!Issued.by(chain[i - 1], chain[i])) {
        return List.of();
      }
    }
    X509Certificate last = chain[chain.length - 1];
    List<X509Certificate> cas = new ArrayList<>(List.of(chain).subList(1, chain.length));
    if (anchors.contains(last)) {
      return cas;
    }
    for (X509Certificate anchor : anchors) {
      if (Issued.by(last, anchor)) {
        cas.add(anchor);
        return cas;
      }
    }
    return List.of();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    jdk.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    jdk.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    jdk.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    jdk.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    jdk.checkServerTrusted(chain, authType, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
