package io.mintmark.simulators.attack;

import io.mintmark.identity.CertificateRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certification requests (RFC 2986) as no honest device makes them; DER. */
final class Requests {

  private Requests() {}

  /** The name of one and the names of another. */
  static byte[] withUri(KeyPair keys, String commonName, String uri) {
    return request(keys.getPublic(), keys, name(commonName), extensions -> {
      GeneralName san = new GeneralName(GeneralName.uniformResourceIdentifier, uri);
      extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(san));
    });
  }

  /** Asks to be a CA. */
  static byte[] authority(KeyPair keys, String commonName) {
    return request(
        keys.getPublic(),
        keys,
        name(commonName),
        extensions ->
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0)));
  }

  /** Somebody else's key under one's own signature: nothing proves possession. */
  static byte[] stolenKey(PublicKey key, String commonName) {
    return request(key, CertificateRequest.newKeyPair(), name(commonName), extensions -> {});
  }

  /** Subject and names of a certificate, and a key and a signature of one's own. */
  static byte[] inTheNameOf(KeyPair keys, X509Certificate certificate) {
    return CertificateRequest.renew(keys, certificate);
  }

  /** A key pair by the JDK's words: {@code RSA} and a length, or {@code EC} and a curve. */
  static KeyPair keys(String algorithm, int bits, String curveOrNull)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (curveOrNull == null) {
      generator.initialize(bits);
    } else {
      generator.initialize(new ECGenParameterSpec(curveOrNull));
    }
    return generator.generateKeyPair();
  }

  /** A new key of one's own, and extensions. */
  static byte[] extended(String commonName, Extending extending) {
    KeyPair keys = CertificateRequest.newKeyPair();
    return request(keys.getPublic(), keys, name(commonName), extending);
  }

  /** A new key of one's own under this subject. */
  static byte[] subject(X500Name subject) {
    KeyPair keys = CertificateRequest.newKeyPair();
    return request(keys.getPublic(), keys, subject, extensions -> {});
  }

  /** What is asked for beyond a subject and a key. */
  interface Extending {
    void add(ExtensionsGenerator extensions) throws IOException;
  }

  private static byte[] request(PublicKey key, KeyPair signer, X500Name name, Extending extending) {
    try {
      PKCS10CertificationRequestBuilder builder =
          new JcaPKCS10CertificationRequestBuilder(name, key);
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extending.add(extensions);
      if (!extensions.isEmpty()) {
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      return builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("this JDK cannot sign a certification request", e);
    }
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }
}
