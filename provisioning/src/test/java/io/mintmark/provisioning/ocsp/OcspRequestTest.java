package io.mintmark.provisioning.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.junit.jupiter.api.Test;

class OcspRequestTest {

  private static final HeldCertificate ISSUER =
      HeldCertificate.builder().authority(0).build();

  private static byte[] request(Extensions extensions, ASN1Encodable... questions)
      throws Exception {
    return new OCSPRequest(new TBSRequest(null, new DERSequence(questions), extensions), null)
        .getEncoded(ASN1Encoding.DER);
  }

  private static byte[] request(Extensions extensions) throws Exception {
    return request(extensions, OcspQuestions.sha1(ISSUER.certificate(), BigInteger.TEN));
  }

  private static Extensions nonce(boolean critical, int length) throws Exception {
    return new Extensions(new Extension(
        OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
        critical,
        new DEROctetString(new byte[length]).getEncoded()));
  }

  @Test
  void readsQuestionsByEitherHash() throws Exception {
    byte[] der = request(
        null,
        OcspQuestions.sha1(ISSUER.certificate(), BigInteger.TEN),
        OcspQuestions.sha256(ISSUER.certificate(), BigInteger.TWO));
    OcspRequest read = OcspRequest.read(der);
    assertThat(read.questions())
        .extracting(CertificateId::serial)
        .containsExactly(BigInteger.TEN, BigInteger.TWO);
    IssuerHashes hashes = new IssuerHashes(ISSUER.certificate());
    IssuerHashes others = new IssuerHashes(HeldCertificate.builder().build().certificate());
    assertThat(read.questions()).allMatch(hashes::isMeantBy).noneMatch(others::isMeantBy);
    assertThat(read.nonce()).isNull();
  }

  /** A CA that changed its key keeps its name, and one that changed its name its key. */
  @Test
  void meansAnIssuerByNameAndKey() throws Exception {
    X500Name name =
        X500Name.getInstance(ISSUER.certificate().getSubjectX500Principal().getEncoded());
    X509Certificate sameName = HeldCertificate.builder().subject(name).build().certificate();
    X509Certificate sameKey =
        HeldCertificate.builder().keys(ISSUER.keys()).build().certificate();
    OcspRequest read = OcspRequest.read(request(null));
    for (X509Certificate other : List.of(sameName, sameKey)) {
      assertThat(new IssuerHashes(other).isMeantBy(read.questions().get(0))).isFalse();
    }
  }

  /** RFC 9654, section 2.1. */
  @Test
  void takesNoncesOfOneTo128Octets() throws Exception {
    for (int length : List.of(1, 16, 32, 33, 128)) {
      assertThat(OcspRequest.read(request(nonce(length % 2 == 0, length))).nonce())
          .hasSize(length);
    }
    for (int length : List.of(0, 129)) {
      byte[] der = request(nonce(false, length));
      assertThatThrownBy(() -> OcspRequest.read(der))
          .isInstanceOf(MalformedOcspException.class)
          .hasMessageContaining("its nonce is of " + length);
    }
  }

  @Test
  void refusesACriticalExtensionItDoesNotKnow() throws Exception {
    for (boolean critical : new boolean[] {true, false}) {
      byte[] der = request(new Extensions(new Extension(
          OCSPObjectIdentifiers.id_pkix_ocsp_service_locator,
          critical,
          DERNull.INSTANCE.getEncoded())));
      if (critical) {
        assertThatThrownBy(() -> OcspRequest.read(der)).isInstanceOf(MalformedOcspException.class);
      } else {
        assertThat(OcspRequest.read(der).questions()).hasSize(1);
      }
    }
  }

  @Test
  void refusesWhatAsksForNothingOrIsOfAnotherVersion() throws Exception {
    byte[] nothing = request(null, new ASN1Encodable[0]);
    assertThatThrownBy(() -> OcspRequest.read(nothing)).isInstanceOf(MalformedOcspException.class);
    byte[] version2 = new DERSequence(new DERSequence(new ASN1Encodable[] {
          new DERTaggedObject(true, 0, new ASN1Integer(1)),
          new DERSequence(OcspQuestions.sha1(ISSUER.certificate(), BigInteger.TEN))
        }))
        .getEncoded(ASN1Encoding.DER);
    assertThatThrownBy(() -> OcspRequest.read(version2))
        .isInstanceOf(MalformedOcspException.class)
        .hasMessageContaining("version");
  }

  /** Each byte changed, each length cut: an answer or a MalformedOcspException, nothing else. */
  @Test
  void survivesBrokenBytes() throws Exception {
    byte[] good = request(nonce(false, 32));
    for (int i = 0; i <= good.length; i++) {
      read(Arrays.copyOf(good, i));
      for (int flip = 1; i < good.length && flip < 256; flip <<= 1) {
        byte[] broken = good.clone();
        broken[i] ^= (byte) flip;
        read(broken);
      }
    }
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    assertThatThrownBy(() -> OcspRequest.read(trailing)).isInstanceOf(MalformedOcspException.class);
  }

  /** Nested without an end, in BER, within a DER frame: 16 KiB must not cost the stack. */
  @Test
  void survivesNesting() {
    byte[] nested = new byte[16 * 1024];
    for (int i = 4; i + 1 < nested.length; i += 2) {
      nested[i] = 0x30;
      nested[i + 1] = (byte) 0x80;
    }
    int inner = nested.length - 4;
    nested[0] = 0x30;
    nested[1] = (byte) 0x82;
    nested[2] = (byte) (inner >> 8);
    nested[3] = (byte) inner;
    assertThatThrownBy(() -> OcspRequest.read(nested)).isInstanceOf(MalformedOcspException.class);
    assertThatThrownBy(() -> OcspRequest.read(Arrays.copyOfRange(nested, 4, nested.length)))
        .isInstanceOf(MalformedOcspException.class);
  }

  private static void read(byte[] der) {
    try {
      assertThat(OcspRequest.read(der).questions()).isNotEmpty();
    } catch (MalformedOcspException e) {
      assertThat(e).hasMessageStartingWith("it");
    }
  }
}
