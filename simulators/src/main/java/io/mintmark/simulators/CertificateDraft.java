package io.mintmark.simulators;

import io.mintmark.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate about to be signed: by a factory, or by a forger. BouncyCastle builds it, the first
 * JCA provider signs it. Immutable.
 *
 * @param subject the name it is for
 * @param key the key it is for
 * @param pathLength intermediates allowed below; {@link #LEAF} makes it no authority at all
 * @param uri the one URI subjectAltName; nullable
 * @param notBefore first moment
 * @param notAfter last moment
 */
record CertificateDraft(
    X500Name subject,
    PublicKey key,
    int pathLength,
    String uri,
    Instant notBefore,
    Instant notAfter) {

  /** The path length of what may sign nothing. */
  static final int LEAF = -1;

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Signs it.
   *
   * @param issuer the name put down as issuer
   * @param signer the P-256 key pair that signs, and whose key identifier is put down
   */
  X509Certificate sign(X500Name issuer, KeyPair signer) {
    X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, RANDOM).setBit(119),
        Date.from(notBefore),
        Date.from(notAfter),
        subject,
        key);
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(signer.getPublic()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
      addPurpose(builder);
      if (uri != null) {
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, uri);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
      }
      return Pem.certificate(builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
          .getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("this JDK cannot sign a P-256 certificate", e);
    }
  }

  private void addPurpose(X509v3CertificateBuilder builder) throws IOException {
    if (pathLength == LEAF) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
    } else {
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
    }
  }
}
