package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.DeviceProfile;
import io.mintmark.provisioning.KeyType;
import io.mintmark.provisioning.RenewalShare;
import io.mintmark.provisioning.ca.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.est.AttrOrOID;
import org.bouncycastle.asn1.est.CsrAttrs;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CsrAttributesTest {

  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  private static final String TEMPLATE = "1.2.840.113549.1.9.16.2.61";
  private static final String CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";
  private static final String EC = "1.2.840.10045.2.1";
  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String ED25519 = "1.3.101.112";
  private static final String P256 = "1.2.840.10045.3.1.7";
  private static final String P384 = "1.3.132.0.34";

  private static DeviceProfile profile(List<Purpose> purposes, KeyType... types) {
    return new DeviceProfile(
        Duration.ofDays(1),
        Duration.ZERO,
        List.of(types),
        purposes,
        List.of(),
        RenewalShare.DEFAULT,
        Duration.ZERO);
  }

  private static byte[] der(KeyType... types) {
    return CsrAttributes.der(profile(List.of(Purpose.CLIENT_AUTH), types), false);
  }

  private static List<AttrOrOID> all(byte[] der) {
    return List.of(CsrAttrs.getInstance(der).getAttrOrOIDs());
  }

  private static List<String> bare(byte[] der) {
    return all(der).stream()
        .filter(AttrOrOID::isOid)
        .map(a -> a.getOid().getId())
        .toList();
  }

  private static List<String> attributes(byte[] der) {
    return all(der).stream()
        .filter(a -> !a.isOid())
        .map(a -> a.getAttribute().getAttrType().getId())
        .toList();
  }

  private static ASN1Set values(byte[] der, String type) {
    return all(der).stream()
        .filter(a -> !a.isOid() && a.getAttribute().getAttrType().getId().equals(type))
        .map(a -> a.getAttribute().getAttrValues())
        .findFirst()
        .orElseThrow();
  }

  /** The fields of the template: version, subject, perhaps [0], [1]. */
  private static List<ASN1Encodable> template(byte[] der) {
    ASN1Set values = values(der, TEMPLATE);
    assertThat(values.size()).isOne();
    List<ASN1Encodable> fields = new ArrayList<>();
    ASN1Sequence.getInstance(values.getObjectAt(0)).forEach(fields::add);
    return fields;
  }

  @Test
  void saysNothingOfKeysWhereAllAreAccepted() {
    byte[] der = der(KeyType.values());
    assertThat(bare(der)).isEmpty();
    assertThat(attributes(der)).containsExactly(EXTENSION_REQUEST, TEMPLATE);
    List<ASN1Encodable> template = template(der);
    assertThat(template).hasSize(3);
    assertThat(ASN1Integer.getInstance(template.get(0)).intValueExact()).isZero();
    ASN1TaggedObject last = ASN1TaggedObject.getInstance(template.get(2));
    assertThat(last.getTagNo()).isOne();
    assertThat(ASN1Set.getInstance(last, false).getObjectAt(0).toASN1Primitive())
        .isEqualTo(values(der, EXTENSION_REQUEST) == null ? null : extensionAttribute(der));
  }

  private static ASN1Encodable extensionAttribute(byte[] der) {
    return all(der).stream()
        .filter(a -> !a.isOid() && a.getAttribute().getAttrType().getId().equals(EXTENSION_REQUEST))
        .map(a -> a.getAttribute().toASN1Primitive())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void asksForASubjectOfOneNameToFillIn() {
    ASN1Sequence subject =
        ASN1Sequence.getInstance(template(der(KeyType.values())).get(1));
    assertThat(subject.size()).isOne();
    ASN1Set rdn = ASN1Set.getInstance(subject.getObjectAt(0));
    assertThat(rdn.size()).isOne();
    ASN1Sequence name = ASN1Sequence.getInstance(rdn.getObjectAt(0));
    assertThat(name.size()).as("a type without a value").isOne();
    assertThat(name.getObjectAt(0)).hasToString("2.5.4.3");
  }

  @Test
  void tellsTheExtensionsOfTheProfile() {
    byte[] der = CsrAttributes.der(
        profile(List.of(Purpose.CLIENT_AUTH, Purpose.SERVER_AUTH), KeyType.EC_P256), false);
    ASN1Set values = values(der, EXTENSION_REQUEST);
    assertThat(values.size()).isOne();
    Extensions extensions = Extensions.getInstance(values.getObjectAt(0));
    assertThat(extensions.getExtensionOIDs())
        .containsExactly(Extension.keyUsage, Extension.extendedKeyUsage);
    assertThat(KeyUsage.fromExtensions(extensions).hasUsages(KeyUsage.digitalSignature))
        .isTrue();
    assertThat(ExtendedKeyUsage.fromExtensions(extensions).getUsages())
        .containsExactly(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth);
  }

  @ParameterizedTest
  @EnumSource
  void requiresTheOneTypeOfKeyThereIs(KeyType type) throws Exception {
    byte[] der = der(type);
    assertThat(bare(der)).isEmpty();
    assertThat(attributes(der)).hasSize(3);
    ASN1Set values = values(der, attributes(der).get(0));
    ASN1Sequence key =
        ASN1Sequence.getInstance(ASN1TaggedObject.getInstance(template(der).get(2)), false);
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.getInstance(key.getObjectAt(0));
    assertThat(algorithm.getAlgorithm().getId()).isEqualTo(attributes(der).get(0));
    switch (type.algorithm()) {
      case "EC" -> {
        assertThat(algorithm.getAlgorithm().getId()).isEqualTo(EC);
        assertThat(values.size()).isOne();
        assertThat(values.getObjectAt(0)).isEqualTo(algorithm.getParameters());
        assertThat(key.size()).isOne();
      }
      case "RSA" -> {
        assertThat(algorithm.getAlgorithm().getId()).isEqualTo(RSA);
        assertThat(ASN1Integer.getInstance(values.getObjectAt(0)).intValueExact())
            .isEqualTo(type.bits());
        RSAPublicKey placeholder = RSAPublicKey.getInstance(
            ASN1BitString.getInstance(key.getObjectAt(1)).getOctets());
        assertThat(placeholder.getModulus().bitLength()).isEqualTo(type.bits());
      }
      default -> {
        assertThat(algorithm.getAlgorithm().getId()).isEqualTo(ED25519);
        assertThat(values.size()).isZero();
        assertThat(key.size()).isOne();
      }
    }
    // libest reads no more than that of base64.
    assertThat(EstBody.of(der).length).isLessThanOrEqualTo(1024);
  }

  @Test
  void namesAChoiceOfKeysWithoutRequiringOne() {
    byte[] der = der(KeyType.EC_P256, KeyType.EC_P384, KeyType.RSA_3072);
    assertThat(bare(der)).containsExactly(EC, P256, P384, RSA);
    assertThat(attributes(der)).containsExactly(EXTENSION_REQUEST, TEMPLATE);
    assertThat(template(der)).hasSize(3);
  }

  @Test
  void asksForAChallengePasswordInTheFormThatCan() {
    byte[] der = CsrAttributes.der(profile(List.of(Purpose.CLIENT_AUTH), KeyType.ED25519), true);
    assertThat(bare(der)).containsExactly(CHALLENGE_PASSWORD);
    assertThat(attributes(der)).containsExactly(ED25519, EXTENSION_REQUEST);
  }

  @Test
  void isReadByTheLibraryOfOldClients() throws Exception {
    var response = new org.bouncycastle.est.CSRAttributesResponse(
        CsrAttributes.der(profile(List.of(Purpose.CLIENT_AUTH), KeyType.EC_P384), true));
    assertThat(response.hasRequirement(new ASN1ObjectIdentifier(CHALLENGE_PASSWORD)))
        .isTrue();
    assertThat(response.isAttribute(new ASN1ObjectIdentifier(EC))).isTrue();
    assertThat(response.getRequirements()).hasSize(3);
    assertThat(Attribute.getInstance(
                all(der(KeyType.EC_P384)).get(0).getAttribute().toASN1Primitive())
            .getAttributeValues()[0])
        .hasToString(P384);
  }
}
