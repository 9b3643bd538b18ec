package io.mintmark.provisioning.http;

import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x509.Certificate;

/**
 * The certs-only CMC Simple PKI Response, a degenerate PKCS#7 SignedData without content or
 * signers, in which EST returns certificates (RFC 7030, sections 4.1.3 and 4.2.3).
 */
final class CertsOnlyMessage {

  private CertsOnlyMessage() {}

  /** DER. Certificates stand in a SET, so their order is lost; receivers build their own chain. */
  static byte[] der(List<X509Certificate> certificates) {
    ASN1EncodableVector set = new ASN1EncodableVector();
    try {
      for (X509Certificate certificate : certificates) {
        set.add(Certificate.getInstance(certificate.getEncoded()));
      }
      SignedData message = new SignedData(
          new DERSet(),
          new ContentInfo(CMSObjectIdentifiers.data, null),
          new DERSet(set),
          null,
          new DERSet());
      return new ContentInfo(CMSObjectIdentifiers.signedData, message).getEncoded(ASN1Encoding.DER);
    } catch (CertificateEncodingException | IOException e) {
      throw new IllegalStateException("a certificate of ours cannot be encoded", e);
    }
  }
}
