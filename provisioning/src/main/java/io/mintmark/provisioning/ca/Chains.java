package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Validates a presented chain (RFC 5280, section 6) with the JDK's PKIX. Revocation is the
 * registry's affair and not looked at. Thread-safe: it keeps nothing.
 */
public final class Chains {

  private static final int LONGEST = 8;
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private Chains() {}

  /**
   * What is wrong with the chain.
   *
   * @param chain leaf first, as it was presented; from an anchor on, if it holds one, it is not
   *     looked at
   * @param anchors the only CAs trusted; they need not be self-signed, and an expired one does not
   *     count
   * @return the rest of a sentence that begins with the certificate; null if nothing is wrong
   */
  public static String fault(
      List<X509Certificate> chain, Collection<X509Certificate> anchors, Instant now) {
    return validate(chain, anchors, now).fault();
  }

  /**
   * What came of a validation.
   *
   * @param fault as of {@link Chains#fault}
   * @param path leaf first, the trust anchor last; empty if there is a fault
   */
  public record Outcome(String fault, List<X509Certificate> path) {}

  /** As {@link #fault}, and which path was found. */
  public static Outcome validate(
      List<X509Certificate> chain, Collection<X509Certificate> anchors, Instant now) {
    if (chain.size() > LONGEST) {
      return faulty(
          "came with " + (chain.size() - 1) + " further certificates, more than we look at");
    }
    int end = 1;
    while (end < chain.size() && !anchors.contains(chain.get(end))) {
      end++;
    }
    List<X509Certificate> path = chain.subList(0, end);
    for (int i = 0; i + 1 < end; i++) {
      // RFC 8446, section 4.4.2 leaves it to us to sort them; devices send what they were given.
      if (!path.get(i).getIssuerX500Principal().equals(path.get(i + 1).getSubjectX500Principal())) {
        return faulty(
            "came with a chain that has a gap or is out of order: each certificate must be"
                + " followed by its issuer's");
      }
    }
    Set<TrustAnchor> trusted = anchors.stream()
        .filter(anchor -> Validity.of(anchor).contains(now))
        .map(anchor -> new TrustAnchor(anchor, null))
        .collect(Collectors.toSet());
    if (trusted.isEmpty()) {
      return faulty("cannot be validated: every CA that could have issued it has expired");
    }
    try {
      PKIXParameters parameters = new PKIXParameters(trusted);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      PKIXCertPathValidatorResult result =
          (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
              .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      X509Certificate anchor = result.getTrustAnchor().getTrustedCert();
      String fault = AnchorConstraints.fault(anchor, path);
      if (fault != null) {
        return faulty(fault);
      }
      List<X509Certificate> whole = new ArrayList<>(path);
      whole.add(anchor);
      return new Outcome(null, List.copyOf(whole));
    } catch (CertPathValidatorException e) {
      return faulty(explain(e, chain));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot validate certificates", e);
    }
  }

  /**
   * What keeps a certificate from being a TLS client's.
   *
   * @return as of {@link #fault}
   */
  public static String clientFault(X509Certificate leaf) {
    if (has(leaf, Extension.basicConstraints) && leaf.getBasicConstraints() >= 0) {
      return "is a CA's";
    }
    boolean[] usage = leaf.getKeyUsage();
    if (usage != null && !usage[0]) {
      return "has a keyUsage without digitalSignature";
    }
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
        return "has an extendedKeyUsage without clientAuth";
      }
      return null;
    } catch (CertificateParsingException e) {
      return "has an extendedKeyUsage that cannot be read";
    }
  }

  /** Whether the extension is there: the JDK's own way to look for one throws when it is not. */
  static boolean has(X509Certificate certificate, ASN1ObjectIdentifier extension) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical == null) {
      return false;
    }
    return critical.contains(extension.getId())
        || certificate.getNonCriticalExtensionOIDs().contains(extension.getId());
  }

  private static Outcome faulty(String fault) {
    return new Outcome(fault, List.of());
  }

  private static String explain(CertPathValidatorException e, List<X509Certificate> chain) {
    X509Certificate at = chain.get(Math.max(e.getIndex(), 0));
    String which = e.getIndex() > 0
        ? "has an issuer '" + Printable.of(at.getSubjectX500Principal().getName()) + "' that "
        : "";
    if (e.getReason() == BasicReason.EXPIRED) {
      return which + "expired at " + at.getNotAfter().toInstant();
    }
    if (e.getReason() == BasicReason.NOT_YET_VALID) {
      return which + "is not valid before " + at.getNotBefore().toInstant();
    }
    if (e.getReason() == PKIXReason.NO_TRUST_ANCHOR) {
      return "was not issued by a CA trusted here";
    }
    return which + "is not acceptable: " + Printable.of(e.getMessage());
  }
}
