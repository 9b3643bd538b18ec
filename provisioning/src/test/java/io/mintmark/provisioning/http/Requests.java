package io.mintmark.provisioning.http;

import io.mintmark.provisioning.TestKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** PKCS#10 requests no honest client would send, and the keys for them. */
final class Requests {

  /** Knows the curves and algorithms the JDK has dropped. Not installed, only used here. */
  static final Provider BC = new BouncyCastleProvider();

  private Requests() {}

  static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsa(int bits) {
    return TestKeys.of("rsa-" + bits);
  }

  /** Of the JDK, which need not search for the group's primes. */
  static KeyPair dsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA", "SUN");
      generator.initialize(1024);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair generate(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm, BC).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A well-formed, rightly signed request. */
  static byte[] signed(
      KeyPair keys, String algorithm, String subject, ASN1Encodable... attributes) {
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    return signed(keys, algorithm, key, new X500Name(subject), new DERSet(attributes));
  }

  /** A request whose parts need not fit together. */
  static byte[] signed(
      KeyPair signer, String algorithm, ASN1Object key, X500Name subject, ASN1Set attributes) {
    try {
      ContentSigner content =
          new JcaContentSignerBuilder(algorithm).setProvider(BC).build(signer.getPrivate());
      CertificationRequestInfo info =
          new CertificationRequestInfo(subject, SubjectPublicKeyInfo.getInstance(key), attributes);
      content.getOutputStream().write(info.getEncoded(ASN1Encoding.DER));
      return new CertificationRequest(
              info, content.getAlgorithmIdentifier(), new DERBitString(content.getSignature()))
          .getEncoded(ASN1Encoding.DER);
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request rightly signed with RSASSA-PSS. */
  static byte[] pss(KeyPair keys, String hash, String maskHash, int salt) {
    PSSParameterSpec parameters =
        new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(maskHash), salt, 1);
    try {
      AlgorithmParameters encoded = AlgorithmParameters.getInstance("RSASSA-PSS");
      encoded.init(parameters);
      CertificationRequestInfo info = info(keys);
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(parameters);
      signature.initSign(keys.getPrivate());
      signature.update(info.getEncoded(ASN1Encoding.DER));
      return request(
          info,
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.id_RSASSA_PSS,
              RSASSAPSSparams.getInstance(encoded.getEncoded())),
          signature.sign());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request that says it was signed in this way, and was not. */
  static byte[] signedAs(KeyPair keys, AlgorithmIdentifier algorithm) {
    return request(info(keys), algorithm, new byte[256]);
  }

  private static CertificationRequestInfo info(KeyPair keys) {
    return new CertificationRequestInfo(
        new X500Name("CN=d-1"),
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
        new DERSet());
  }

  private static byte[] request(
      CertificationRequestInfo info, AlgorithmIdentifier algorithm, byte[] signature) {
    try {
      return new CertificationRequest(info, algorithm, new DERBitString(signature))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static SubjectPublicKeyInfo rsaKey(BigInteger modulus, BigInteger exponent) {
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          new RSAPublicKey(modulus, exponent));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
