package io.mintmark.provisioning.ca;

import io.mintmark.identity.TrustDomain;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Whether the name constraints of a CA leave room for all the names we issue (RFC 5280, section
 * 4.2.1.10). SPIFFE IDs and subjects are known; DNS names and addresses are whatever services,
 * brokers and fleets are called later, so a CA that constrains those is not taken at all. Stateless.
 */
final class IssuedNames {

  private static final X500Name SUBJECT = new X500Name("CN=device");

  private IssuedNames() {}

  /**
   * What keeps the names of a trust domain from being issued below this CA.
   *
   * @return the rest of a sentence that begins with the certificate; null if nothing does
   */
  static String fault(X509Certificate ca, TrustDomain trustDomain) {
    byte[] extension = ca.getExtensionValue(Extension.nameConstraints.getId());
    if (extension == null) {
      return null;
    }
    try {
      NameConstraints constraints =
          NameConstraints.getInstance(ASN1OctetString.getInstance(extension).getOctets());
      if (Stream.concat(
              subtrees(constraints.getPermittedSubtrees()),
              subtrees(constraints.getExcludedSubtrees()))
          .anyMatch(IssuedNames::isOfHost)) {
        return "has name constraints on DNS names or IP addresses: services, brokers and fleets may"
            + " have any; have it certified without";
      }
      PKIXNameConstraintValidator validator = AnchorConstraints.validator(constraints);
      GeneralName id = new GeneralName(
          GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain + "/fleet/f/device/d");
      validator.checkPermittedDN(SUBJECT);
      validator.checkExcludedDN(SUBJECT);
      validator.checkPermitted(id);
      validator.checkExcluded(id);
      return null;
    } catch (NameConstraintValidatorException | IllegalArgumentException e) {
      return "has name constraints that leave no room for spiffe://" + trustDomain
          + "/... or for subjects such as " + SUBJECT + ": have it certified without";
    }
  }

  private static Stream<GeneralSubtree> subtrees(GeneralSubtree[] subtreesOrNull) {
    return subtreesOrNull == null ? Stream.empty() : Stream.of(subtreesOrNull);
  }

  private static boolean isOfHost(GeneralSubtree subtree) {
    int kind = subtree.getBase().getTagNo();
    return kind == GeneralName.dNSName || kind == GeneralName.iPAddress;
  }
}
