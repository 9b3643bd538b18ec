package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Holds a path to the name constraints in its trust anchor's certificate. The JDK's PKIX does not
 * look at them there, and refuses to work at all when they are handed to its {@code TrustAnchor}; a
 * factory that constrained its CA means it.
 */
final class AnchorConstraints {

  private AnchorConstraints() {}

  /**
   * What of the path is outside of the anchor's constraints (RFC 5280, section 4.2.1.10).
   *
   * @param path leaf first, without the anchor
   * @return as of {@link Chains#fault}
   */
  static String fault(X509Certificate anchor, List<X509Certificate> path) {
    if (!Chains.has(anchor, Extension.nameConstraints)) {
      return null;
    }
    byte[] extension = anchor.getExtensionValue(Extension.nameConstraints.getId());
    try {
      PKIXNameConstraintValidator validator = validator(
          NameConstraints.getInstance(ASN1OctetString.getInstance(extension).getOctets()));
      for (int i = 0; i < path.size(); i++) {
        // Section 6.1.3, (b): self-issued CAs are exempt.
        X509Certificate certificate = path.get(i);
        boolean selfIssued =
            certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        if (i == 0 || !selfIssued) {
          check(validator, certificate);
        }
      }
      return null;
    } catch (NameConstraintValidatorException | IllegalArgumentException e) {
      return "is outside of the name constraints of '"
          + Printable.of(anchor.getSubjectX500Principal().getName())
          + "'";
    }
  }

  static PKIXNameConstraintValidator validator(NameConstraints constraints) {
    PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
    if (constraints.getPermittedSubtrees() != null) {
      validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
    }
    if (constraints.getExcludedSubtrees() != null) {
      for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
        validator.addExcludedSubtree(excluded);
      }
    }
    return validator;
  }

  private static void check(PKIXNameConstraintValidator validator, X509Certificate certificate)
      throws NameConstraintValidatorException {
    X500Name subject =
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    if (subject.getRDNs().length > 0) {
      validator.checkPermittedDN(subject);
      validator.checkExcludedDN(subject);
    }
    byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
    if (extension != null) {
      GeneralNames names =
          GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets());
      for (GeneralName name : names.getNames()) {
        validator.checkPermitted(name);
        validator.checkExcluded(name);
      }
    }
  }
}
