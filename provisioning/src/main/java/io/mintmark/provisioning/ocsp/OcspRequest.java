package io.mintmark.provisioning.ocsp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;

/**
 * What a client asks. A signature on the request is not looked at: whoever asks is answered.
 *
 * @param questions which certificates, in order; at least one
 * @param nonce what the answer must repeat, or null
 */
public record OcspRequest(List<CertificateId> questions, byte[] nonce) {

  /** RFC 9654, section 2.1: longer ones, and empty ones, are refused. */
  private static final int LONGEST_NONCE = 128;

  private static final byte INDEFINITE = (byte) 0x80;

  /**
   * Reads a request.
   *
   * @param der one OCSPRequest and nothing behind it
   * @throws MalformedOcspException if it is none, or must be rejected
   */
  public static OcspRequest read(byte[] der) throws MalformedOcspException {
    try {
      // BER nested without an end costs stack: section 4.1 asks for DER.
      if (der.length < 2 || der[1] == INDEFINITE) {
        throw new MalformedOcspException("it is not DER");
      }
      TBSRequest request =
          OCSPRequest.getInstance(ASN1Primitive.fromByteArray(der)).getTbsRequest();
      if (request.getVersion().intValueExact() != 0) {
        throw new MalformedOcspException("it is not of version 1");
      }
      return new OcspRequest(questions(request), nonce(request.getRequestExtensions()));
    } catch (IOException | RuntimeException e) {
      throw new MalformedOcspException("it cannot be decoded");
    }
  }

  private static List<CertificateId> questions(TBSRequest request)
      throws MalformedOcspException, IOException {
    ASN1Sequence list = request.getRequestList();
    if (list.size() == 0) {
      throw new MalformedOcspException("it asks for no certificate");
    }
    List<CertificateId> questions = new ArrayList<>();
    for (var element : list) {
      Request question = Request.getInstance(element);
      requireNothingCritical(question.getSingleRequestExtensions(), null);
      questions.add(CertificateId.of(question.getReqCert()));
    }
    return questions;
  }

  private static byte[] nonce(Extensions extensionsOrNull) throws MalformedOcspException {
    requireNothingCritical(extensionsOrNull, OCSPObjectIdentifiers.id_pkix_ocsp_nonce.getId());
    Optional<Extension> extension = Optional.ofNullable(extensionsOrNull)
        .map(e -> e.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
    if (extension.isEmpty()) {
      return null;
    }
    byte[] nonce = ASN1OctetString.getInstance(extension.get().getParsedValue()).getOctets();
    if (nonce.length == 0 || nonce.length > LONGEST_NONCE) {
      throw new MalformedOcspException("its nonce is of " + nonce.length + " octets");
    }
    return nonce;
  }

  /** Section 4.4: what is critical and not understood must not be passed over. */
  private static void requireNothingCritical(Extensions extensionsOrNull, String known)
      throws MalformedOcspException {
    if (extensionsOrNull != null
        && Arrays.stream(extensionsOrNull.getCriticalExtensionOIDs())
            .anyMatch(id -> !id.getId().equals(known))) {
      throw new MalformedOcspException("it has a critical extension that is not known");
    }
  }
}
