package io.mintmark.provisioning.ca;

import io.mintmark.identity.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** A request to certify an issuing CA (PKCS#10, RFC 2986). Immutable. */
public final class CaRequest {

  private final PKCS10CertificationRequest request;

  private CaRequest(PKCS10CertificationRequest request) {
    this.request = request;
  }

  /** A request for the key, with the names and extensions it should get. */
  public static CaRequest of(TrustDomain trustDomain, CaKey key) {
    PublicKey publicKey = key.publicKey();
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIds.of(publicKey)));
      extensions.addExtension(
          Extension.subjectAlternativeName, false, CaCertificates.names(trustDomain));
      return new CaRequest(new PKCS10CertificationRequestBuilder(
              CaCertificates.issuingName(trustDomain, publicKey),
              SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()))
          .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
          .build(new Content(key.signer())));
    } catch (IOException e) {
      throw new IllegalStateException("an extension cannot be encoded", e);
    }
  }

  /**
   * Reads a request back.
   *
   * @throws IllegalArgumentException if it is not one, or not signed by the key in it
   */
  public static CaRequest read(byte[] der) {
    try {
      CaRequest read = new CaRequest(new PKCS10CertificationRequest(der));
      Signature verifier = Signature.getInstance(Signer.ALGORITHM);
      verifier.initVerify(KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(read.key().getEncoded())));
      verifier.update(read.request
          .toASN1Structure()
          .getCertificationRequestInfo()
          .getEncoded(ASN1Encoding.DER));
      if (verifier.verify(read.request.getSignature()) && read.names() != null) {
        return read;
      }
    } catch (IOException | GeneralSecurityException | IllegalStateException e) {
      throw new IllegalArgumentException("it is not the request of an issuing CA", e);
    }
    throw new IllegalArgumentException("it is not the request of an issuing CA");
  }

  /** DER. */
  public byte[] der() {
    try {
      return request.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a request that was made cannot be encoded", e);
    }
  }

  X500Name subject() {
    return request.getSubject();
  }

  SubjectPublicKeyInfo key() {
    return request.getSubjectPublicKeyInfo();
  }

  GeneralNames names() {
    return request.getRequestedExtensions() == null
        ? null
        : GeneralNames.fromExtensions(
            request.getRequestedExtensions(), Extension.subjectAlternativeName);
  }

  /** A signer in BouncyCastle's words. */
  private static final class Content implements ContentSigner {
    private final Signer signer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Content(Signer signer) {
      this.signer = signer;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return CertificateAuthority.SIGNATURE;
    }

    @Override
    public OutputStream getOutputStream() {
      return bytes;
    }

    @Override
    public byte[] getSignature() {
      try {
        return signer.sign(bytes.toByteArray());
      } catch (GeneralSecurityException e) {
        throw new KeyUnavailableException("a CA's key cannot be used: " + e.getMessage(), e);
      }
    }
  }
}
