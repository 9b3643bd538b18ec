package io.mintmark.simulators.attack;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
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
 * A certificate as nobody should sign it: any names, dates, purposes, under any issuer's name and any
 * P-256 key. Not thread-safe.
 */
final class Forgery {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name subject;
  private final KeyPair keys = CertificateRequest.newKeyPair();
  private final List<GeneralName> names = new ArrayList<>();
  private Instant notBefore;
  private Instant notAfter;
  private KeyPurposeId purpose = KeyPurposeId.id_kp_clientAuth;
  private int pathLength = -1;

  /** For a common name, valid around this moment. */
  Forgery(String commonName, Instant now) {
    this(new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build(), now);
  }

  Forgery(X500Name subject, Instant now) {
    this.subject = subject;
    validity(now.minusSeconds(60), now.plusSeconds(3_600));
  }

  /** One more URI in the subjectAltName; control characters stay what they are. */
  Forgery uri(String uri) {
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    return this;
  }

  Forgery validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  Forgery purpose(KeyPurposeId id) {
    purpose = id;
    return this;
  }

  /** Basic constraints CA:TRUE, and the key usage of a CA. */
  Forgery authority(int intermediatesBelow) {
    pathLength = intermediatesBelow;
    return this;
  }

  PrivateKey key() {
    return keys.getPrivate();
  }

  KeyPair keys() {
    return keys;
  }

  /** Signed by itself. */
  X509Certificate selfSigned() {
    return sign(subject, keys.getPublic(), keys.getPrivate());
  }

  /**
   * Signs with a credential as if that were a CA's.
   *
   * @return the forgery and below it the credential's own chain
   */
  Credential signedBy(Credential issuer) {
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(
        sign(subjectOf(issuer.certificate()), issuer.certificate().getPublicKey(), issuer.key()));
    chain.addAll(issuer.chain());
    return new Credential(keys.getPrivate(), chain);
  }

  /**
   * Signs.
   *
   * @param issuer the name put down as issuer
   * @param issuerKey whose identifier is put down
   * @param signer the key that really signs
   */
  X509Certificate sign(X500Name issuer, PublicKey issuerKey, PrivateKey signer) {
    X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, RANDOM).setBit(119),
        Date.from(notBefore),
        Date.from(notAfter),
        subject,
        keys.getPublic());
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuerKey));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()));
      if (pathLength >= 0) {
        int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature;
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
      } else {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(new GeneralName[0])));
      }
      return Pem.certificate(builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer))
          .getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("this JDK cannot sign a P-256 certificate", e);
    }
  }

  static X500Name subjectOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }
}
