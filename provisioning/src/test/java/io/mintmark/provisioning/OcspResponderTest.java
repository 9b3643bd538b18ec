package io.mintmark.provisioning;

import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ocsp.OcspQuestions;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcspResponderTest {

  private static final DeviceId D1 = new DeviceId("d-1");

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate issuer;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
    issuer = installation.get().authority().issuing();
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private OcspAnswer ask(BigInteger serial) throws Exception {
    return installation
        .get()
        .ocsp()
        .answer(OcspQuestions.request(null, OcspQuestions.sha1(issuer, serial)));
  }

  private static BasicOCSPResp basic(OcspAnswer answer) throws Exception {
    OCSPResp response = new OCSPResp(answer.der());
    assertThat(response.getStatus()).isEqualTo(OCSPResp.SUCCESSFUL);
    return (BasicOCSPResp) response.getResponseObject();
  }

  private static CertificateStatus status(OcspAnswer answer) throws Exception {
    SingleResp[] single = basic(answer).getResponses();
    assertThat(single).hasSize(1);
    return single[0].getCertStatus();
  }

  private int failure(byte[] request) throws Exception {
    OcspAnswer answer = installation.get().ocsp().answer(request);
    assertThat(answer.mayBeKept()).isFalse();
    return new OCSPResp(answer.der()).getStatus();
  }

  @Test
  void isSignedByAResponderOfTheIssuer() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");
    BasicOCSPResp answer = basic(ask(certificate.getSerialNumber()));

    X509CertificateHolder responder = answer.getCerts()[0];
    assertThat(answer.getCerts()).hasSize(1);
    assertThat(answer.isSignatureValid(new JcaContentVerifierProviderBuilder().build(responder)))
        .isTrue();
    assertThat(responder.isSignatureValid(new JcaContentVerifierProviderBuilder().build(issuer)))
        .isTrue();
    assertThat(org.bouncycastle.asn1.x509.ExtendedKeyUsage.fromExtensions(responder.getExtensions())
            .getUsages())
        .containsExactly(KeyPurposeId.id_kp_OCSPSigning);
    assertThat(
            responder.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck).isCritical())
        .isFalse();
    assertThat(Duration.between(
            responder.getNotBefore().toInstant(), responder.getNotAfter().toInstant()))
        .isLessThanOrEqualTo(Duration.ofDays(8));
    assertThat(answer.getProducedAt().toInstant())
        .isEqualTo(installation.clock.instant().truncatedTo(ChronoUnit.SECONDS));
    assertThat(answer.getResponses()[0].getNextUpdate().toInstant())
        .isEqualTo(answer.getProducedAt().toInstant().plus(Duration.ofHours(1)));
    assertThat(status(ask(certificate.getSerialNumber()))).isSameAs(CertificateStatus.GOOD);
  }

  @Test
  void saysSinceWhenAndWhy() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    assertThat(status(ask(serial))).isSameAs(CertificateStatus.GOOD);

    installation.get().revoker().suspend(D1, OPERATOR);
    assertThat(((RevokedStatus) status(ask(serial))).getRevocationReason())
        .isEqualTo(CRLReason.certificateHold);
    installation.get().revoker().release(D1, OPERATOR);
    assertThat(status(ask(serial))).isSameAs(CertificateStatus.GOOD);

    installation.clock.move(Duration.ofMinutes(1));
    installation.get().revoker().revoke(D1, "keyCompromise", OPERATOR);
    RevokedStatus revoked = (RevokedStatus) status(ask(serial));
    assertThat(revoked.getRevocationReason()).isEqualTo(CRLReason.keyCompromise);
    assertThat(revoked.getRevocationTime().toInstant())
        .isEqualTo(installation.clock.instant().truncatedTo(ChronoUnit.SECONDS));
  }

  @Test
  void doesNotCallGoodWhatWasNeverIssued() throws Exception {
    OcspAnswer answer = ask(BigInteger.TEN);
    assertThat(status(answer)).isInstanceOf(UnknownStatus.class);
    assertThat(answer.mayBeKept()).isFalse();
  }

  @Test
  void doesNotSpeakForOtherIssuers() throws Exception {
    X509Certificate foreign = HeldCertificate.builder().authority(0).build().certificate();
    X509Certificate root = installation.get().authority().trustAnchors().get(0);
    for (X509Certificate other : List.of(foreign, root)) {
      assertThat(failure(OcspQuestions.request(null, OcspQuestions.sha1(other, BigInteger.TEN))))
          .isEqualTo(OCSPResp.UNAUTHORIZED);
    }
  }

  @Test
  void answersSeveralAtOnce() throws Exception {
    BigInteger good = installation.enroll("d-1").getSerialNumber();
    BigInteger revoked = installation.enroll("d-2").getSerialNumber();
    installation.get().revoker().revoke(new DeviceId("d-2"), null, OPERATOR);
    X509Certificate foreign = HeldCertificate.builder().authority(0).build().certificate();
    OcspAnswer answer = installation
        .get()
        .ocsp()
        .answer(OcspQuestions.request(
            null,
            OcspQuestions.sha1(foreign, good),
            OcspQuestions.sha1(issuer, good),
            OcspQuestions.sha256(issuer, revoked)));
    assertThat(answer.mayBeKept()).isFalse();
    SingleResp[] answers = basic(answer).getResponses();
    assertThat(answers).hasSize(3);
    assertThat(answers[0].getCertStatus()).isInstanceOf(UnknownStatus.class);
    assertThat(answers[1].getCertStatus()).isSameAs(CertificateStatus.GOOD);
    assertThat(answers[2].getCertStatus()).isInstanceOf(RevokedStatus.class);
    assertThat(((RevokedStatus) answers[2].getCertStatus()).hasRevocationReason())
        .isFalse();
  }

  @Test
  void repeatsTheNonceOfWhoSendsOne() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    byte[] nonce = new byte[32];
    nonce[0] = 7;
    OcspAnswer answer = installation
        .get()
        .ocsp()
        .answer(OcspQuestions.request(nonce, OcspQuestions.sha256(issuer, serial)));
    assertThat(answer.mayBeKept()).isFalse();
    assertThat(org.bouncycastle.asn1.ASN1OctetString.getInstance(basic(answer)
                .getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
                .getParsedValue())
            .getOctets())
        .isEqualTo(nonce);
    assertThat(basic(ask(serial)).hasExtensions()).isFalse();
  }

  @Test
  void signsOnceForAllWhoAskTheSame() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    OcspAnswer first = ask(serial);
    installation.clock.move(Duration.ofMinutes(29));
    assertThat(ask(serial)).isSameAs(first);
    installation.clock.move(Duration.ofMinutes(1));
    OcspAnswer second = ask(serial);
    assertThat(second.from()).isEqualTo(first.from().plus(Duration.ofMinutes(30)));

    installation.get().revoker().revoke(D1, null, OPERATOR);
    assertThat(status(ask(serial))).isInstanceOf(RevokedStatus.class);
  }

  @Test
  void renewsItsResponder() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    X509CertificateHolder first = basic(ask(serial)).getCerts()[0];
    installation.clock.move(Duration.ofDays(3));
    assertThat(basic(ask(serial)).getCerts()[0]).isEqualTo(first);
    installation.clock.move(Duration.ofDays(1));
    X509CertificateHolder second = basic(ask(serial)).getCerts()[0];
    assertThat(second).isNotEqualTo(first);
    assertThat(second.getNotAfter()).isAfter(first.getNotAfter());
  }

  @Test
  void saysThatItBroke() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    installation.close();
    AtomicBoolean broken = new AtomicBoolean();
    installation.start(signer -> toBeSigned -> {
      if (broken.get()) {
        throw new GeneralSecurityException("no key");
      }
      return signer.sign(toBeSigned);
    });
    broken.set(true);
    byte[] request = OcspQuestions.request(null, OcspQuestions.sha1(issuer, serial));
    assertThat(failure(request)).isEqualTo(OCSPResp.TRY_LATER);
    int reserved = installation
        .get()
        .registry()
        .read(h -> h.createQuery("select count(*) from certificates where state = 'reserved'")
            .mapTo(Integer.class)
            .one());
    assertThat(failure(request)).as("once for all who ask").isEqualTo(OCSPResp.TRY_LATER);
    assertThat(installation
            .get()
            .registry()
            .<Integer, RuntimeException>read(
                h -> h.createQuery("select count(*) from certificates where state = 'reserved'")
                    .mapTo(Integer.class)
                    .one()))
        .isEqualTo(reserved);
    broken.set(false);
    installation.clock.move(Duration.ofSeconds(31));
    assertThat(status(ask(serial))).isSameAs(CertificateStatus.GOOD);
    // One that holds is used on while it cannot be renewed.
    broken.set(true);
    installation.clock.move(Duration.ofDays(4));
    assertThat(status(ask(serial))).isSameAs(CertificateStatus.GOOD);
    Instant end = basic(ask(serial)).getCerts()[0].getNotAfter().toInstant();
    installation.clock.move(
        Duration.between(installation.clock.instant(), end).minus(Duration.ofMinutes(10)));
    assertThat(ask(serial).until()).isEqualTo(end);
    installation.clock.move(Duration.ofMinutes(11));
    assertThat(failure(request)).isEqualTo(OCSPResp.TRY_LATER);
  }

  /** RFC 5019, section 2.2.3: nobody can answer for it with authority any more. */
  @Test
  void doesNotSpeakForAnIssuerThatHasExpired() throws Exception {
    BigInteger serial = installation.enroll("d-1").getSerialNumber();
    byte[] request = OcspQuestions.request(null, OcspQuestions.sha1(issuer, serial));
    Instant end = issuer.getNotAfter().toInstant();
    installation.clock.move(
        Duration.between(installation.clock.instant(), end).minus(Duration.ofMinutes(1)));
    OcspAnswer last = ask(serial);
    assertThat(status(last)).isSameAs(CertificateStatus.GOOD);
    assertThat(last.until()).isBeforeOrEqualTo(end);
    installation.clock.move(Duration.ofMinutes(2));
    List<String> audited = installation.audited();
    assertThat(failure(request)).isEqualTo(OCSPResp.UNAUTHORIZED);
    assertThat(installation.audited()).isEqualTo(audited);
  }

  @Test
  void tellsWhatIsNoRequest() throws Exception {
    assertThat(failure(new byte[0])).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    assertThat(failure(new byte[] {1, 2, 3})).isEqualTo(OCSPResp.MALFORMED_REQUEST);
  }
}
