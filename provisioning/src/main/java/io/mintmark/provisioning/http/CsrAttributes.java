package io.mintmark.provisioning.http;

import io.mintmark.provisioning.DeviceProfile;
import io.mintmark.provisioning.KeyType;
import io.mintmark.provisioning.ca.Purpose;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * What a fleet would like to see in its devices' requests: a CsrAttrs (RFC 8951, section 3.5), in
 * the form of RFC 7030 as RFC 9908, section 3.2, reads it, and behind it as the request template of
 * section 3.4. Who knows the template uses that alone; others pass over it.
 *
 * <p>No subjectAltName is asked for: the names are ours to decide, and a client told to fill one in
 * would contradict them.
 */
final class CsrAttributes {

  /** id-aa-certificationRequestInfoTemplate. */
  private static final ASN1ObjectIdentifier TEMPLATE =
      new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.61");

  private static final ASN1Integer V1 = new ASN1Integer(0);
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

  private CsrAttributes() {}

  /**
   * DER of the CsrAttrs.
   *
   * @param channelBinding whether a request must hold a challengePassword that binds it to its TLS
   *     session (RFC 7030, section 3.5). A template has no way to ask for an attribute whose value
   *     only the client knows, so the answer is then in the older form alone, which clients of
   *     RFC 9908 read as well
   */
  static byte[] der(DeviceProfile profile, boolean channelBinding) {
    ASN1EncodableVector all = new ASN1EncodableVector();
    if (channelBinding) {
      all.add(PKCSObjectIdentifiers.pkcs_9_at_challengePassword);
    }
    try {
      Attribute extensions = extensions(profile);
      addKeys(all, profile.keyTypes());
      all.add(extensions);
      if (!channelBinding) {
        all.add(new Attribute(TEMPLATE, new DERSet(template(profile.keyTypes(), extensions))));
      }
      return new DERSequence(all).getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("CSR attributes cannot be encoded", e);
    }
  }

  /**
   * One attribute says that the key must be of one type. There is none for a choice: then the
   * algorithms and curves are named as bare identifiers, and if everything is accepted, not at all.
   */
  private static void addKeys(ASN1EncodableVector all, List<KeyType> types) {
    if (types.size() == 1) {
      KeyType only = types.get(0);
      ASN1Encodable parameter = only.algorithm().equals("RSA")
          ? new ASN1Integer(only.bits())
          : algorithm(only).getParameters();
      all.add(new Attribute(
          algorithm(only).getAlgorithm(),
          parameter == null ? new DERSet() : new DERSet(parameter)));
    } else if (types.size() < KeyType.values().length) {
      types.stream()
          .flatMap(
              type -> Stream.of(algorithm(type).getAlgorithm(), algorithm(type).getParameters()))
          .filter(ASN1ObjectIdentifier.class::isInstance)
          .distinct()
          .forEach(all::add);
    }
  }

  /** id-ExtensionReq: all values are known, so clients have nothing to fill in. */
  private static Attribute extensions(DeviceProfile profile) throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    extensions.addExtension(
        Extension.extendedKeyUsage, false, Purpose.extension(profile.purposes()));
    return new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(extensions.generate()));
  }

  /**
   * CertificationRequestInfoTemplate: a subject of one CN, without a value because it is the
   * device's id, and the key if only one type is accepted.
   */
  private static DERSequence template(List<KeyType> types, Attribute extensions)
      throws IOException {
    ASN1EncodableVector template = new ASN1EncodableVector();
    template.add(V1);
    template.add(new DERSequence(new DERSet(new DERSequence(BCStyle.CN))));
    if (types.size() == 1) {
      template.add(new DERTaggedObject(false, 0, key(types.get(0))));
    }
    template.add(new DERTaggedObject(false, 1, new DERSet(extensions)));
    return new DERSequence(template);
  }

  /** SubjectPublicKeyInfoTemplate; a key stands in it only to tell the length of an RSA modulus. */
  private static DERSequence key(KeyType type) throws IOException {
    if (!type.algorithm().equals("RSA")) {
      return new DERSequence(algorithm(type));
    }
    BigInteger placeholder = BigInteger.ONE.shiftLeft(type.bits()).subtract(BigInteger.ONE);
    return new DERSequence(new ASN1Encodable[] {
      algorithm(type), new DERBitString(new RSAPublicKey(placeholder, EXPONENT))
    });
  }

  private static AlgorithmIdentifier algorithm(KeyType type) {
    return switch (type) {
      case EC_P256 -> ec(X9ObjectIdentifiers.prime256v1);
      case EC_P384 -> ec(SECObjectIdentifiers.secp384r1);
      case EC_P521 -> ec(SECObjectIdentifiers.secp521r1);
      case RSA_2048, RSA_3072, RSA_4096 ->
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
      case ED25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    };
  }

  private static AlgorithmIdentifier ec(ASN1ObjectIdentifier curve) {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
  }
}
