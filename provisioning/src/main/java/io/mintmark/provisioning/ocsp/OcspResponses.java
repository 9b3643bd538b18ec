package io.mintmark.provisioning.ocsp;

import io.mintmark.identity.Credential;
import io.mintmark.provisioning.CertificateStatus;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.ca.Signer;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Builds the answers of OCSP (RFC 6960, section 4.2). Thread-safe: it keeps nothing. */
public final class OcspResponses {

  /** Why a request is not answered (section 4.2.1, OCSPResponseStatus). */
  public enum Failure {
    /** The request is not one. */
    MALFORMED_REQUEST(OCSPResponseStatus.MALFORMED_REQUEST),
    /** Something broke here. */
    INTERNAL_ERROR(OCSPResponseStatus.INTERNAL_ERROR),
    /** Not now; the same request again may be answered. */
    TRY_LATER(OCSPResponseStatus.TRY_LATER),
    /** RFC 5019, section 2.2.3: we cannot speak for that issuer. */
    UNAUTHORIZED(OCSPResponseStatus.UNAUTHORIZED);

    private final int status;

    Failure(int status) {
      this.status = status;
    }

    /** The whole answer; it is not signed. */
    public byte[] der() {
      return encode(new OCSPResponse(new OCSPResponseStatus(status), null));
    }
  }

  private static final AlgorithmIdentifier SIGNATURE =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private OcspResponses() {}

  /**
   * A signed answer, DER.
   *
   * @param statuses what to say of each certificate, in the order they were asked for
   * @param from thisUpdate and producedAt: when that was known
   * @param until nextUpdate: how long a client may rely on it
   * @param nonce what the request wants repeated, or null
   * @param responder who signs; its certificate goes with the answer
   * @throws GeneralSecurityException if the key cannot be used now
   */
  public static byte[] sign(
      Map<CertificateId, CertificateStatus> statuses,
      Instant from,
      Instant until,
      byte[] nonce,
      Credential responder)
      throws GeneralSecurityException {
    ASN1EncodableVector answers = new ASN1EncodableVector();
    statuses.forEach((id, status) -> answers.add(new SingleResponse(
        id.asn1(), certStatus(status), time(from), time(until), (Extensions) null)));
    // byKey: shorter than the name (RFC 5019, section 2.2.1).
    ResponderID id =
        new ResponderID(new DEROctetString(IssuerHashes.keyHash(responder.certificate())));
    ResponseData data =
        new ResponseData(id, time(from), new DERSequence(answers), extensions(nonce));
    byte[] signature = Signer.of(responder.key()).sign(encode(data));
    BasicOCSPResponse basic = new BasicOCSPResponse(
        data,
        SIGNATURE,
        new DERBitString(signature),
        new DERSequence(certificate(responder.certificate())));
    return encode(new OCSPResponse(
        new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
        new ResponseBytes(
            OCSPObjectIdentifiers.id_pkix_ocsp_basic, new DEROctetString(encode(basic)))));
  }

  private static CertStatus certStatus(CertificateStatus status) {
    if (status instanceof CertificateStatus.Revoked revoked) {
      RevocationReason reason = revoked.reason();
      return new CertStatus(new RevokedInfo(
          time(revoked.at()),
          reason == RevocationReason.UNSPECIFIED ? null : CRLReason.lookup(reason.code())));
    }
    return status instanceof CertificateStatus.Good
        ? new CertStatus()
        : new CertStatus(2, DERNull.INSTANCE);
  }

  private static Extensions extensions(byte[] nonce) {
    return nonce == null
        ? null
        : new Extensions(new Extension(
            OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, encode(new DEROctetString(nonce))));
  }

  private static ASN1GeneralizedTime time(Instant moment) {
    return new ASN1GeneralizedTime(Date.from(moment.truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Certificate certificate(X509Certificate certificate)
      throws GeneralSecurityException {
    return Certificate.getInstance(certificate.getEncoded());
  }

  private static byte[] encode(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("an OCSP answer cannot be encoded", e);
    }
  }
}
