package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x509.Certificate;
import org.junit.jupiter.api.Test;

class CertsOnlyMessageTest {

  private final X509Certificate one = certificate("one");
  private final X509Certificate other = certificate("other");

  @Test
  void isTheMessageBouncyCastleWouldWrite() throws Exception {
    assertThat(CertsOnlyMessage.der(List.of(one))).isEqualTo(byBouncyCastle(one));
    assertThat(CertsOnlyMessage.der(List.of(one, other)))
        .isEqualTo(CertsOnlyMessage.der(List.of(other, one)))
        .isEqualTo(byBouncyCastle(one, other));
  }

  @Test
  void isReadByTheJdk() {
    assertThat(Pem.pkcs7(CertsOnlyMessage.der(List.of(one, other))))
        .containsExactlyInAnyOrder(one, other);
  }

  private static byte[] byBouncyCastle(X509Certificate... certificates) throws Exception {
    ASN1EncodableVector set = new ASN1EncodableVector();
    for (X509Certificate certificate : certificates) {
      set.add(Certificate.getInstance(certificate.getEncoded()));
    }
    SignedData message = new SignedData(
        new DERSet(),
        new ContentInfo(CMSObjectIdentifiers.data, null),
        new DERSet(set),
        null,
        new DERSet());
    return new ContentInfo(CMSObjectIdentifiers.signedData, message).getEncoded(ASN1Encoding.DER);
  }

  private static X509Certificate certificate(String name) {
    return HeldCertificate.builder().commonName(name).build().certificate();
  }
}
