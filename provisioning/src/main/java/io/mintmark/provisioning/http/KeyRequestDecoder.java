package io.mintmark.provisioning.http;

import io.mintmark.provisioning.KeyRequest;
import io.mintmark.provisioning.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * Reads the PKCS#10 request of {@code /serverkeygen}. Its key and signature are to be ignored (RFC
 * 7030, section 4.4.1), so neither is verified; the key's type is a wish. Thread-safe: it keeps
 * nothing.
 */
final class KeyRequestDecoder {

  /** DecryptKeyIdentifier and AsymmetricDecryptKeyIdentifier (sections 4.4.1.1 and 4.4.1.2). */
  private static final List<ASN1ObjectIdentifier> ENCRYPTION = List.of(
      new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.37"),
      new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.54"));

  /** Keeps the hash apart from that of a key (see {@link KeyRequest#sha256}). */
  private static final byte[] PREFIX = "serverkeygen:".getBytes(StandardCharsets.US_ASCII);

  private KeyRequestDecoder() {}

  /**
   * Decodes a body.
   *
   * @param body base64, PEM or DER ({@code application/pkcs10})
   * @throws Refusal INVALID if it is not one well-formed request, or asks for the key to be
   *     encrypted beyond TLS
   */
  static KeyRequest decode(byte[] body) throws Refusal {
    byte[] der = Pkcs10Body.der(body);
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      refuseEncryption(request);
      CertificationRequestInfo info = request.toASN1Structure().getCertificationRequestInfo();
      SubjectPublicKeyInfo key = info.getSubjectPublicKeyInfo();
      return new KeyRequest(
          sha256(key.getEncoded(ASN1Encoding.DER)),
          like(key),
          SigningRequestDecoder.subject(info),
          SigningRequestDecoder.subjectAltName(request),
          IdentityLinking.textOrNull(request));
    } catch (IOException | RuntimeException e) {
      throw invalid("the body is not a well-formed PKCS#10 request");
    }
  }

  /** Section 4.4.1: what cannot be protected as asked must not be sent with less. */
  private static void refuseEncryption(PKCS10CertificationRequest request) throws Refusal {
    for (ASN1ObjectIdentifier asked : ENCRYPTION) {
      if (request.getAttributes(asked).length > 0) {
        throw invalid("the request asks for its key to be encrypted (attribute "
            + asked
            + "), which is not done here: leave the attribute out to be sent it in TLS alone, or"
            + " make the key on the device");
      }
    }
  }

  /** Null for a key of which nothing can be said. */
  private static PublicKey like(SubjectPublicKeyInfo info) {
    try {
      return RequestKey.of(info);
    } catch (Refusal | IOException | RuntimeException e) {
      return null;
    }
  }

  private static String sha256(byte[] key) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(PREFIX);
      return HexFormat.of().formatHex(hash.digest(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
