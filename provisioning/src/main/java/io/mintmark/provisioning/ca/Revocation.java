package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Holds a valid path to CRLs (RFC 5280, section 6.3) with the JDK's PKIX: each certificate whose
 * issuer has a CRL here, to that CRL and nothing else. One whose issuer has none is not checked.
 * Thread-safe: it keeps nothing.
 *
 * <p>Link by link, because PKIX over the whole path takes either a CRL for each CA or, in its soft
 * mode, an outdated one for none, and would fetch from addresses in the certificates.
 */
public final class Revocation {

  private Revocation() {}

  /**
   * Since when a CRL that the path needs is out of date.
   *
   * @param path leaf first, trust anchor last
   * @return empty if there is no such CRL
   */
  public static Optional<Instant> staleSince(
      List<X509Certificate> path, Collection<X509CRL> crls, Instant now) {
    for (int i = 0; i + 1 < path.size(); i++) {
      Optional<Instant> latest = of(path.get(i + 1), crls).stream()
          .map(crl -> crl.getNextUpdate().toInstant())
          .max(Instant::compareTo);
      if (latest.filter(now::isAfter).isPresent()) {
        return latest;
      }
    }
    return Optional.empty();
  }

  /**
   * What a CRL says against the path.
   *
   * @param path leaf first, trust anchor last; valid otherwise
   * @return as of {@link Chains#fault}
   */
  public static String fault(List<X509Certificate> path, Collection<X509CRL> crls, Instant now) {
    for (int i = 0; i + 1 < path.size(); i++) {
      List<X509CRL> ofIssuer = of(path.get(i + 1), crls);
      String fault = ofIssuer.isEmpty() ? null : fault(path.get(i), path.get(i + 1), ofIssuer, now);
      if (fault != null) {
        String issuer = Printable.of(path.get(i).getSubjectX500Principal().getName());
        return i == 0 ? fault : "has an issuer '" + issuer + "' that " + fault;
      }
    }
    return null;
  }

  private static String fault(
      X509Certificate certificate, X509Certificate issuer, List<X509CRL> crls, Instant now) {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(issuer, null)));
      parameters.setRevocationEnabled(true);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
              parameters);
      return null;
    } catch (CertPathValidatorException e) {
      if (e.getReason() == BasicReason.REVOKED) {
        return e.getCause() instanceof CertificateRevokedException revoked
            ? "was revoked by its issuer at " + revoked.getRevocationDate().toInstant()
            : "was revoked by its issuer";
      }
      return "may have been revoked, its issuer's CRL does not say: "
          + Printable.of(e.getMessage());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot look into CRLs", e);
    }
  }

  /** By name and key: a CA that changed its key has another CRL for each. */
  private static List<X509CRL> of(X509Certificate issuer, Collection<X509CRL> crls) {
    return crls.stream()
        .filter(crl -> crl.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()))
        .filter(crl -> isSignedBy(crl, issuer))
        .toList();
  }

  private static boolean isSignedBy(X509CRL crl, X509Certificate issuer) {
    try {
      crl.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
