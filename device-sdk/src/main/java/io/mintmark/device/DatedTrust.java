package io.mintmark.device;

import java.security.GeneralSecurityException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's checks of a certificate chain (path, names, anchors), at a moment of our choice: by
 * itself the JDK goes by the system's clock. Immutable and thread-safe.
 */
final class DatedTrust extends AskedTrust {

  private final Set<TrustAnchor> anchors;
  private final Function<X509Certificate[], Instant> moment;

  /**
   * @param trusted the roots a chain has to end in
   * @param moment when a chain has to be valid
   */
  DatedTrust(Collection<X509Certificate> trusted, Function<X509Certificate[], Instant> moment) {
    this.anchors =
        trusted.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    this.moment = moment;
  }

  @Override
  X509ExtendedTrustManager judge(X509Certificate[] chain) {
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(moment.apply(chain)));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(parameters));
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot set up TLS with the trust anchors", e);
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return anchors.stream().map(TrustAnchor::getTrustedCert).toArray(X509Certificate[]::new);
  }
}
