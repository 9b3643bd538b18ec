package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Watches, as a verifier would, that CRLs and OCSP answers are current. Not thread-safe. */
final class StatusWatch {

  private static final int TIMEOUT_MILLIS = 10_000;

  private final LivingSite site;
  private final Map<String, X509CRL> crls = new HashMap<>();
  private int published;

  StatusWatch(LivingSite site) {
    this.site = site;
  }

  /** Whether every issuing CA has a CRL that is good at that moment; looked up anew if need be. */
  boolean areGood(Instant moment) throws IOException {
    for (Authorities.Authority each : site.authorities().list()) {
      if (each.role().equals("issuing")
          && !each.state().equals("prepared")
          && !isGood(each.id(), moment)) {
        return false;
      }
    }
    return true;
  }

  private boolean isGood(String issuer, Instant moment) throws IOException {
    X509CRL known = crls.get(issuer);
    if (known == null || !known.getNextUpdate().toInstant().isAfter(moment)) {
      X509CRL latest = fetch(issuer);
      if (latest != null && !latest.equals(known)) {
        crls.put(issuer, latest);
        published++;
      }
      return latest != null && latest.getNextUpdate().toInstant().isAfter(moment);
    }
    return true;
  }

  /** How many different ones were seen. */
  int published() {
    return published;
  }

  /** Null if there is none yet: the first of a CA comes within a second or two. */
  private X509CRL fetch(String issuer) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) site.crl(issuer).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    if (connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND) {
      return null;
    }
    try (InputStream in = connection.getInputStream()) {
      X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509")
          .generateCRL(new ByteArrayInputStream(in.readAllBytes()));
      crl.verify(site.authorities().certificate(issuer).getPublicKey());
      return crl;
    } catch (GeneralSecurityException e) {
      throw new IOException("the CRL of " + issuer + " cannot be verified: " + e.getMessage(), e);
    }
  }

  /**
   * Has the JDK ask OCSP about a certificate: the answer's signature, its responder's certificate and
   * its dates count as they are now.
   *
   * @throws IOException if it is not good
   */
  void requireGood(Credential credential) throws IOException {
    URI ocsp = site.ocsp();
    try {
      Set<TrustAnchor> anchors = new HashSet<>();
      for (X509Certificate root : site.trust()) {
        anchors.add(new TrustAnchor(root, null));
      }
      List<X509Certificate> path = credential.chain().stream()
          .filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
          .toList();
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOcspResponder(ocsp);
      checker.setOptions(EnumSet.of(
          PKIXRevocationChecker.Option.ONLY_END_ENTITY, PKIXRevocationChecker.Option.NO_FALLBACK));
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.addCertPathChecker(checker);
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "OCSP does not call the certificate of " + credential.identity() + " good: "
              + e.getMessage(),
          e);
    }
  }
}
