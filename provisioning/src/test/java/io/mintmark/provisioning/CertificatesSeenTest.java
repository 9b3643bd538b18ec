package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.sql.CertificateTable;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesSeenTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate first;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1");
    first = installation.enroll("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private void seen(X509Certificate certificate) {
    installation.get().certificatesSeen().seen(certificate.getSerialNumber());
  }

  private List<FeedEntry> denials() throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .filter(e -> e.denial() != null)
        .toList();
  }

  @Test
  void theOldOneEndsWhenTheNewOneIsSeen() throws Exception {
    X509Certificate second = installation.renew(first);
    seen(first);
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.ISSUED);

    seen(second);

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.SUPERSEDED);
    assertThat(denials()).hasSize(1);
    assertThat(installation.get().audit().after(0, 100)).last().satisfies(row -> {
      assertThat(row.action()).isEqualTo("certificate.superseded");
      assertThat(row.subject()).isEqualTo("d-1");
      assertThat(row.detail())
          .isEqualTo("serial " + first.getSerialNumber().toString(16) + ": "
              + second.getSerialNumber().toString(16) + " was seen in use");
    });
    assertRefused(FORBIDDEN, "is superseded", () -> installation.renew(first));
  }

  private X509Certificate application(KeyPair keys) throws Refusal {
    return installation
        .get()
        .applications()
        .certify("billing", TestInstallation.request(keys.getPublic()), OPERATOR);
  }

  private CertificateState state(X509Certificate certificate) throws Refusal {
    return installation
        .get()
        .registry()
        .read(h -> CertificateTable.find(h, certificate.getSerialNumber())
            .orElseThrow()
            .state());
  }

  @Test
  void ofAnApplicationTheOneThatWasReplacedEnds() throws Exception {
    Applications applications = installation.get().applications();
    applications.define("billing", TopicGrants.NONE, OPERATOR);
    applications.define("other", TopicGrants.NONE, OPERATOR);
    X509Certificate one = application(CertificateRequest.newKeyPair());
    X509Certificate shared = application(CertificateRequest.newKeyPair());
    SigningRequest request =
        TestInstallation.request(CertificateRequest.newKeyPair().getPublic());
    assertRefused(
        INVALID,
        "is none of spiffe://example.org/app/other",
        () -> applications.replace("other", one.getSerialNumber(), request, OPERATOR));
    X509Certificate next =
        applications.replace("billing", one.getSerialNumber(), request, OPERATOR);
    assertThat(state(one)).isEqualTo(CertificateState.ISSUED);

    seen(next);
    assertThat(state(one)).isEqualTo(CertificateState.SUPERSEDED);
    assertThat(state(shared)).isEqualTo(CertificateState.ISSUED);
  }

  @Test
  void ofAnApplicationOnlyTheOneItWasRenewedFromEnds() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    X509Certificate one = application(CertificateRequest.newKeyPair());
    X509Certificate other = application(CertificateRequest.newKeyPair());
    PublicKey key = CertificateRequest.newKeyPair().getPublic();
    X509Certificate next =
        installation.get().renewer().renew(null, List.of(one), TestInstallation.renewal(one, key));
    seen(one);
    assertThat(state(one)).isEqualTo(CertificateState.ISSUED);

    assertThat(installation
            .get()
            .bundleReports()
            .report(List.of(next), Bundle.fingerprint(List.of(next))))
        .isFalse();

    assertThat(state(one)).isEqualTo(CertificateState.SUPERSEDED);
    assertThat(state(other)).isEqualTo(CertificateState.ISSUED);
    assertThat(state(next)).isEqualTo(CertificateState.ISSUED);
    assertThat(installation.get().audit().after(0, 100)).last().satisfies(row -> {
      assertThat(row.action()).isEqualTo("certificate.superseded");
      assertThat(row.subject()).isEqualTo("billing");
    });
  }

  @Test
  void repeatingItChangesNothing() throws Exception {
    X509Certificate second = installation.renew(first);
    seen(second);
    List<String> audited = installation.audited();

    seen(second);
    seen(first);
    installation.get().certificatesSeen().seen(BigInteger.TEN);

    assertThat(installation.audited()).isEqualTo(audited);
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.SUPERSEDED);
  }

  @Test
  void renewingWithTheNewOneIsSeeingIt() throws Exception {
    X509Certificate second = installation.renew(first);
    // The answer with the third is lost: the same request again, and once more.
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate third = installation.renew(second, keys);

    assertThat(installation.renew(second, keys)).isEqualTo(third);
    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED, CertificateState.ISSUED, CertificateState.SUPERSEDED);
  }

  @Test
  void aLostAnswerIsGivenAgainWhateverHappenedToTheOldCertificateMeanwhile() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate lost = installation.renew(first, keys);
    seen(first);
    installation.clock.move(Duration.ofHours(1));

    assertThat(installation.renew(first, keys)).isEqualTo(lost);
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.ISSUED);
  }

  @Test
  void thereAreNeverMoreThanTwoAndEachEndIsAudited() throws Exception {
    X509Certificate held = first;
    for (int i = 0; i < 4; i++) {
      installation.renew(held);
      X509Certificate next = installation.renew(held);
      assertThat(installation.states("d-1").stream().filter(CertificateState.ISSUED::equals))
          .hasSize(2);
      held = i % 2 == 0 ? next : held;
    }
    installation.enroll("d-1");
    List<CertificateState> states = installation.states("d-1");
    assertThat(states.stream().filter(CertificateState.ISSUED::equals)).hasSize(2);
    assertThat(installation.audited().stream()
            .filter("certificate.superseded d-1"::equals)
            .count())
        .isEqualTo(states.stream().filter(CertificateState.SUPERSEDED::equals).count())
        .isEqualTo(denials().size());
  }

  @Test
  void aFactoryResetIsOverOnceItsCertificateIsSeen() throws Exception {
    X509Certificate again = installation.enroll("d-1");
    seen(again);

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.SUPERSEDED);
  }

  @Test
  void leavesApplicationsAndTheRevokedAlone() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    for (int i = 0; i < 3; i++) {
      seen(installation
          .get()
          .applications()
          .certify(
              "billing",
              TestInstallation.request(CertificateRequest.newKeyPair().getPublic()),
              OPERATOR));
    }
    installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);
    List<String> audited = installation.audited();
    seen(first);

    assertThat(installation.audited()).isEqualTo(audited);
    assertThat(audited).noneMatch(row -> row.startsWith("certificate.superseded"));
  }
}
