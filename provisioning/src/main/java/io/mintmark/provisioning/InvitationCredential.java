package io.mintmark.provisioning;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What an invited broker shows: a key with a certificate it signed itself. No CA of ours signs it,
 * so it is nothing to anybody but the service, which knows it byte for byte.
 */
final class InvitationCredential {

  /** For clocks that are behind. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private InvitationCredential() {}

  /** With a new key. A secret. */
  static Credential make(String broker, Instant now, Instant endsAt) {
    KeyPair keys = CertificateRequest.newKeyPair();
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, broker).build();
    X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
        name,
        new BigInteger(127, new SecureRandom()).setBit(126),
        Date.from(now.minus(BEFORE)),
        Date.from(endsAt),
        name,
        keys.getPublic());
    try {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      byte[] der = builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
          .getEncoded();
      return new Credential(keys.getPrivate(), List.of(Pem.certificate(der)));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("this JDK cannot sign a P-256 certificate", e);
    }
  }
}
