package io.mintmark.provisioning.http;

import io.mintmark.identity.Der;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * The certs-only CMC Simple PKI Response, a degenerate PKCS#7 SignedData without content or
 * signers, in which EST returns certificates (RFC 7030, sections 4.1.3 and 4.2.3). It is put around
 * the certificates' bytes: nothing in them has to be read for it.
 */
final class CertsOnlyMessage {

  /** [0], constructed: EXPLICIT for the content, IMPLICIT for the set of certificates. */
  private static final int CONTEXT_0 = 0xa0;

  private static final byte[] SIGNED_DATA = Der.oid("1.2.840.113549.1.7.2");
  private static final byte[] EMPTY_SET = Der.element(Der.SET);

  private static final byte[] VERSION_1 = {0x02, 0x01, 0x01};
  private static final byte[] NO_DATA = Der.element(Der.SEQUENCE, Der.oid("1.2.840.113549.1.7.1"));

  private CertsOnlyMessage() {}

  /** DER. Certificates stand in a SET, so their order is lost; receivers build their own chain. */
  static byte[] der(List<X509Certificate> certificates) {
    byte[][] set = certificates.stream().map(CertsOnlyMessage::encoded).toArray(byte[][]::new);
    // X.690, section 11.6.
    Arrays.sort(set, Arrays::compareUnsigned);
    // RFC 5652, section 5.1: no digests, no content, the certificates, no signers.
    byte[] message = Der.element(
        Der.SEQUENCE, VERSION_1, EMPTY_SET, NO_DATA, Der.element(CONTEXT_0, set), EMPTY_SET);
    return Der.element(Der.SEQUENCE, SIGNED_DATA, Der.element(CONTEXT_0, message));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate of ours cannot be encoded", e);
    }
  }
}
