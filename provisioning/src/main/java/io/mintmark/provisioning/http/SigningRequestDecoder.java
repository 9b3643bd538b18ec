package io.mintmark.provisioning.http;

import io.mintmark.provisioning.KeyPolicy;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * Reads a PKCS#10 request (RFC 2986): its structure through BouncyCastle, its key only after {@link
 * RequestKey} found it harmless, its signature through JCA with the key inside. Whatever
 * BouncyCastle throws at broken input becomes a refusal. Thread-safe: it keeps nothing.
 */
public final class SigningRequestDecoder {

  /** How a request may be signed, and with what kind of key (RFC 5758, RFC 4055, RFC 8410). */
  private record Scheme(String jcaName, String keyAlgorithm) {}

  private static final Map<ASN1ObjectIdentifier, Scheme> SCHEMES = Map.of(
      X9ObjectIdentifiers.ecdsa_with_SHA256, new Scheme("SHA256withECDSA", "EC"),
      X9ObjectIdentifiers.ecdsa_with_SHA384, new Scheme("SHA384withECDSA", "EC"),
      X9ObjectIdentifiers.ecdsa_with_SHA512, new Scheme("SHA512withECDSA", "EC"),
      PKCSObjectIdentifiers.sha256WithRSAEncryption, new Scheme("SHA256withRSA", "RSA"),
      PKCSObjectIdentifiers.sha384WithRSAEncryption, new Scheme("SHA384withRSA", "RSA"),
      PKCSObjectIdentifiers.sha512WithRSAEncryption, new Scheme("SHA512withRSA", "RSA"),
      PKCSObjectIdentifiers.id_RSASSA_PSS, new Scheme("RSASSA-PSS", "RSA"),
      EdECObjectIdentifiers.id_Ed25519, new Scheme("Ed25519", "Ed25519"));

  private SigningRequestDecoder() {}

  /**
   * Decodes a body and verifies what can be verified without knowing who sent it.
   *
   * @param body base64, PEM or DER ({@code application/pkcs10})
   * @throws Refusal INVALID if it is not one well-formed request, its key is weak or of a kind that
   *     is not certified, or its signature is not by that key
   */
  public static SigningRequest decode(byte[] body) throws Refusal {
    byte[] der = Pkcs10Body.der(body);
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      CertificationRequestInfo info = request.toASN1Structure().getCertificationRequestInfo();
      PublicKey key = RequestKey.of(info.getSubjectPublicKeyInfo());
      KeyPolicy.check(key);
      verify(request, signedPart(der), key);
      return new SigningRequest(
          key, subject(info), subjectAltName(request), IdentityLinking.textOrNull(request));
    } catch (IOException | RuntimeException e) {
      throw invalid("the body is not a well-formed PKCS#10 request");
    }
  }

  private static void verify(PKCS10CertificationRequest request, byte[] signed, PublicKey key)
      throws Refusal {
    ASN1ObjectIdentifier algorithm = request.getSignatureAlgorithm().getAlgorithm();
    Scheme scheme = SCHEMES.get(algorithm);
    if (scheme == null) {
      throw invalid("the request is signed with algorithm "
          + algorithm
          + ", which is not accepted: sign with SHA-256 or longer (ECDSA, RSA PKCS#1 v1.5 or PSS)"
          + " or Ed25519");
    }
    if (!RequestKey.family(key).equals(scheme.keyAlgorithm())) {
      throw invalid("the request holds a key of "
          + RequestKey.family(key)
          + " and a signature of "
          + scheme.jcaName()
          + ": sign it with its own key");
    }
    boolean verified;
    try {
      Signature verifier = Signature.getInstance(scheme.jcaName());
      if (algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
        verifier.setParameter(PssParameters.of(request.getSignatureAlgorithm().getParameters()));
      }
      verifier.initVerify(key);
      verifier.update(signed);
      verified = verifier.verify(request.getSignature());
    } catch (GeneralSecurityException e) {
      verified = false;
    }
    if (!verified) {
      throw invalid("the request's signature was not made by the key in it");
    }
  }

  /**
   * The CertificationRequestInfo exactly as it was sent, the first element within the outer
   * SEQUENCE: what was signed are these bytes, not what an encoder would make of them.
   */
  private static byte[] signedPart(byte[] der) throws Refusal {
    int start = DerLengths.contentOf(der, 0);
    int end = DerLengths.endOf(der, start);
    return Arrays.copyOfRange(der, start, end);
  }

  /** The subject, DER, each part of which can be read. */
  static byte[] subject(CertificationRequestInfo info) throws IOException {
    requireReadable(info.getSubject());
    return info.getSubject().getEncoded(ASN1Encoding.DER);
  }

  /** The requested subjectAltName (RFC 2985, section 5.4.2), or null. */
  static byte[] subjectAltName(PKCS10CertificationRequest request) throws Refusal, IOException {
    Attribute[] found = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
    if (found.length == 0) {
      return null;
    }
    if (found.length > 1 || found[0].getAttrValues().size() != 1) {
      throw invalid("the request asks for extensions more than once");
    }
    // The constructor refuses an extension that is there twice.
    Extensions extensions = Extensions.getInstance(found[0].getAttrValues().getObjectAt(0));
    Extension san = extensions.getExtension(Extension.subjectAlternativeName);
    if (san == null) {
      return null;
    }
    for (GeneralName name : GeneralNames.getInstance(san.getParsedValue()).getNames()) {
      if (name.getTagNo() == GeneralName.directoryName) {
        requireReadable(X500Name.getInstance(name.getName()));
      }
    }
    return san.getParsedValue().toASN1Primitive().getEncoded(ASN1Encoding.DER);
  }

  /** BouncyCastle looks into the parts of a name only when they are asked for, and throws then. */
  private static void requireReadable(X500Name name) {
    for (RDN rdn : name.getRDNs()) {
      // RFC 5280, appendix A.1: SIZE (1..MAX).
      if (rdn.getTypesAndValues().length == 0) {
        throw new IllegalArgumentException("an empty RDN");
      }
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
