package io.mintmark.provisioning.ocsp;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Builds OCSP requests as clients do. */
public final class OcspQuestions {

  private OcspQuestions() {}

  public static Request sha1(X509Certificate issuer, BigInteger serial) throws Exception {
    return question(OIWObjectIdentifiers.idSHA1, "SHA-1", issuer, serial);
  }

  public static Request sha256(X509Certificate issuer, BigInteger serial) throws Exception {
    return question(NISTObjectIdentifiers.id_sha256, "SHA-256", issuer, serial);
  }

  /** A whole request, DER; nonce or null. */
  public static byte[] request(byte[] nonce, Request... questions) throws Exception {
    Extensions extensions = nonce == null
        ? null
        : new Extensions(new Extension(
            OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
            false,
            new DEROctetString(nonce).getEncoded()));
    return new OCSPRequest(new TBSRequest(null, new DERSequence(questions), extensions), null)
        .getEncoded(ASN1Encoding.DER);
  }

  private static Request question(
      ASN1ObjectIdentifier id, String algorithm, X509Certificate issuer, BigInteger serial)
      throws Exception {
    MessageDigest digest = MessageDigest.getInstance(algorithm);
    byte[] name = digest.digest(issuer.getSubjectX500Principal().getEncoded());
    byte[] key =
        digest.digest(SubjectPublicKeyInfo.getInstance(issuer.getPublicKey().getEncoded())
            .getPublicKeyData()
            .getOctets());
    CertID certId = new CertID(
        new AlgorithmIdentifier(id),
        new DEROctetString(name),
        new DEROctetString(key),
        new ASN1Integer(serial));
    return new Request(certId, null);
  }
}
