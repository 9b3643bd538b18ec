package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Reads from a request what ties it to a TLS connection. Stateless. */
final class IdentityLinking {

  private IdentityLinking() {}

  /**
   * The text of estIdentityLinking, which has no other use (RFC 7894, section 3.3), or else that of
   * challengePassword (RFC 7030, section 3.5; RFC 2985, section 5.4.1); null without either.
   *
   * @throws Refusal INVALID if it is not one string
   */
  static String textOrNull(PKCS10CertificationRequest request) throws Refusal {
    String linking =
        text(request, PKCSObjectIdentifiers.id_aa_estIdentityLinking, "estIdentityLinking");
    return linking == null
        ? text(request, PKCSObjectIdentifiers.pkcs_9_at_challengePassword, "challengePassword")
        : linking;
  }

  private static String text(
      PKCS10CertificationRequest request, ASN1ObjectIdentifier type, String name) throws Refusal {
    Attribute[] found = request.getAttributes(type);
    if (found.length == 0) {
      return null;
    }
    if (found.length == 1 && found[0].getAttrValues().size() == 1) {
      ASN1Encodable value = found[0].getAttrValues().getObjectAt(0);
      // A DirectoryString by the RFCs; some clients write IA5String.
      if (value instanceof ASN1String text && !(value instanceof ASN1BitString)) {
        return text.getString();
      }
    }
    throw new Refusal(
        Refusal.Kind.INVALID,
        "the request's " + name + " is not one string: send one PrintableString or UTF8String");
  }
}
