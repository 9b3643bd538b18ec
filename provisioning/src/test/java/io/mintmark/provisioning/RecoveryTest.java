package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.FIRST_TELL;
import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ocsp.OcspQuestions;
import io.mintmark.provisioning.recovery.RecoveryReport;
import io.mintmark.provisioning.sql.RegistryCopy;
import io.mintmark.provisioning.sql.StatusTable;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that was replaced by an older copy of itself, by nobody who said so. */
class RecoveryTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private Path copy;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder.resolve("data"));
    installation.manifest("d-1", "d-2", "d-3", "d-4");
    broker("b-1");
    copy = folder.resolve("copy.db");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private X509Certificate broker(String name) throws Refusal {
    SigningRequest request =
        TestInstallation.request(CertificateRequest.newKeyPair().getPublic());
    return installation.get().brokers().certify(name, request, List.of("localhost"), OPERATOR);
  }

  private void back() throws Exception {
    RegistryCopy.make(installation.folder.resolve("registry.db"), copy);
    installation.clock.move(Duration.ofMinutes(10));
  }

  /** As if somebody had put the file back. */
  private void restore() throws Exception {
    installation.stop();
    installation.clock.move(Duration.ofMinutes(1));
    Path registry = installation.folder.resolve("registry.db");
    Files.delete(registry);
    Files.copy(copy, registry);
    installation.start();
  }

  private FeedPage page() throws Refusal {
    return installation.get().feed().after(0);
  }

  private void read(String broker, String place) throws Refusal {
    installation.get().lineage().requireReadable(broker, place);
  }

  /** What a broker remembers that has read all of these pages. */
  private void tell(String broker, FeedPage... pages) throws Refusal {
    List<FeedEntry> entries = new ArrayList<>();
    for (FeedPage page : pages) {
      entries.addAll(page.entries());
    }
    FeedPage last = pages[pages.length - 1];
    int half = entries.size() / 2;
    for (boolean second : new boolean[] {false, true}) {
      installation
          .get()
          .memories()
          .tell(
              broker,
              new FeedMemory(
                  last.feedId(),
                  last.place(),
                  last.head(),
                  second ? half : 0,
                  second ? entries.subList(half, entries.size()) : entries.subList(0, half),
                  second));
    }
  }

  private RecoveryReport recover(String... without) throws Refusal {
    return installation.get().recoverer().recover(List.of(without), OPERATOR);
  }

  private void revoke(String device) throws Refusal {
    installation.get().revoker().revoke(new DeviceId(device), null, OPERATOR);
  }

  private CertificateStatus status(X509Certificate certificate) {
    Provisioning service = installation.get();
    return service
        .registry()
        .read(h -> StatusTable.status(
            h, service.authority().issuingKeyId(), certificate.getSerialNumber()));
  }

  @Test
  void takesInWhatABrokerRemembersAndOpensAgain() throws Exception {
    X509Certificate first = installation.enroll("d-1");
    X509Certificate second = installation.enroll("d-2");
    back();
    revoke("d-1");
    installation.get().revoker().suspend(new DeviceId("d-2"), OPERATOR);
    X509Certificate third = installation.enroll("d-3");
    X509Certificate fourth = installation.enroll("d-4");
    revoke("d-3");
    FeedPage known = page();
    restore();
    // It moved on before the broker came: its end says nothing.
    for (int i = 0; i < 20; i++) {
      installation.get().revoker().suspend(new DeviceId("d-4"), OPERATOR);
      installation.get().revoker().release(new DeviceId("d-4"), OPERATOR);
    }
    assertThat(page().head()).isGreaterThan(known.head());
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);

    assertRefused(FIRST_TELL, "the feed went backwards", () -> read("b-1", known.place()));
    assertRefused(LATER, "'mintmark recover'", () -> installation.enroll("d-4"));
    assertRefused(LATER, "'mintmark recover'", () -> installation.renew(second));
    String ca = installation.get().authority().issuingKeyId();
    assertRefused(LATER, "'mintmark recover'", () -> installation.get().crls().requireCurrent());
    assertRefused(CONFLICT, "1 known brokers have not told", this::recover);
    installation.restart();
    assertRefused(FIRST_TELL, "tell what you remember", () -> read("b-1", known.place()));
    tell("b-1", known);
    tell("b-1", known);
    assertRefused(LATER, "'mintmark recover'", () -> read("b-1", known.place()));
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);

    RecoveryReport report = recover();

    assertThat(report.brokers()).extracting(RecoveryReport.Told::name).containsExactly("b-1");
    assertThat(report.replayed().devicesRevoked()).isEqualTo(2);
    assertThat(report.replayed().devicesSuspended()).isEqualTo(1);
    assertThat(report.replayed().certificatesUnknown()).isEqualTo(1);
    assertThat(report.replayed().differences()).isEmpty();
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.REVOKED);
    assertThat(installation.device("d-2").state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(installation.device("d-3").state()).isEqualTo(DeviceState.REVOKED);
    for (X509Certificate ended : List.of(first, second, third)) {
      assertThat(status(ended)).isInstanceOf(CertificateStatus.Revoked.class);
    }
    installation.get().crls().publishDue();
    assertThat(installation.get().crls().find(ca)).isPresent();
    assertThat(denied()).contains(first.getSerialNumber().toString(16));
    assertThat(denied()).contains(third.getSerialNumber().toString(16));
    assertRefused(FORBIDDEN, "revoked", () -> installation.enroll("d-1"));
    assertRefused(CONFLICT, "read it from 0", () -> read("b-1", known.place()));
    read("b-1", page().place());

    // What was issued meanwhile and nobody revoked is known again when it is shown.
    assertThat(status(fourth)).isInstanceOf(CertificateStatus.Unknown.class);
    installation.renew(fourth);
    assertThat(status(fourth)).isInstanceOf(CertificateStatus.Good.class);
    assertThat(installation.device("d-4").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(installation.audited())
        .contains(
            "recovery.needed b-1",
            "recovery.done example.org",
            "device.revoked d-1",
            "certificate.taken-back d-4");
    assertRefused(FORBIDDEN, "not in the registry", () -> installation.renew(third));

    RecoveryReport again = recover();
    assertThat(again.brokers()).isEmpty();
    assertThat(again.cause()).isNull();
  }

  private List<String> denied() throws Refusal {
    return page().entries().stream()
        .map(FeedEntry::denial)
        .filter(d -> d != null && !d.lifted())
        .map(Denial::subject)
        .toList();
  }

  /** The status of an OCSP answer: 0 is an answer, 3 is tryLater. */
  private int ocsp(X509Certificate certificate) throws Exception {
    Provisioning service = installation.get();
    byte[] question = OcspQuestions.request(
        null, OcspQuestions.sha1(service.authority().issuing(), certificate.getSerialNumber()));
    return new OCSPResp(service.ocsp().answer(question).der()).getStatus();
  }

  @Test
  void callsNothingGoodWhileItMayHaveForgottenWhatItRevoked() throws Exception {
    X509Certificate good = installation.enroll("d-1");
    X509Certificate revoked = installation.enroll("d-2");
    revoke("d-2");
    back();
    revoke("d-1");
    FeedPage known = page();
    restore();
    assertThat(ocsp(good)).isZero();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", known.place()));
    assertThat(ocsp(good)).isEqualTo(OCSPResp.TRY_LATER);
    assertThat(ocsp(revoked)).isZero();
    tell("b-1", known);
    installation.get().memories().tell("b-2", new FeedMemory(null, null, 0, 0, List.of(), true));
    assertThat(recover().brokers())
        .extracting(RecoveryReport.Told::name, RecoveryReport.Told::newer)
        .containsExactly(tuple("b-1", true), tuple("b-2", false));
    assertThat(ocsp(good)).isZero();
    assertThat(status(good)).isInstanceOf(CertificateStatus.Revoked.class);
  }

  @Test
  void goesOnWithoutABrokerAndTakesInWhatItKnowsWhenItIsBack() throws Exception {
    installation.enroll("d-1");
    back();
    broker("b-2");
    FeedPage before = page();
    revoke("d-1");
    FeedPage known = page();
    restore();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-2", known.place()));
    assertRefused(NOT_FOUND, "broker 'b-9' is not known", () -> recover("b-9"));
    RecoveryReport report = recover("b-1");
    assertThat(report.missing()).containsExactly("b-1");
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);

    assertRefused(FIRST_TELL, "recovered without you", () -> read("b-1", known.place()));
    assertThat(installation.get().recoverer().look().state()).isEqualTo("open");
    tell("b-1", before, known);
    assertRefused(CONFLICT, "read it from 0", () -> read("b-1", known.place()));
    assertThat(recover().replayed().devicesRevoked()).isEqualTo(1);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.REVOKED);
    assertRefused(CONFLICT, "lost nothing", () -> tell("b-1", page()));
  }

  @Test
  void believesNobodyThatItLostSomethingItNeverTold() throws Exception {
    String place = page().place();
    read("b-1", place);
    assertRefused(CONFLICT, "of another feed", () -> read("b-1", "1-ff.999.00"));
    assertRefused(CONFLICT, "of another feed", () -> read("b-1", place.replace(".", ".9")));
    installation.restart();
    read("b-1", place);
    read("b-1", page().place());
    assertThat(installation.get().recoverer().look().state()).isEqualTo("open");
    installation.enroll("d-1");
  }

  @Test
  void tellsWhatBrokersKnowOtherwiseAndLetsNobodyIn() throws Exception {
    back();
    installation
        .get()
        .applications()
        .define("billing", new TopicGrants(List.of(), List.of("telemetry/#")), OPERATOR);
    installation.apply(TestInstallation.yaml(TestInstallation.SENSORS, installation.factory)
        .replace("commands/", "orders/"));
    FeedPage known = page();
    restore();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", known.place()));
    tell("b-1", known);
    assertThat(recover().replayed().differences())
        .containsExactly(
            "broker b-1 knows application billing, which is not known here: apply it again",
            "broker b-1 knows fleet sensors otherwise: compare, and apply again what is right");
    assertThat(installation.get().applications().list()).isEmpty();
  }

  @Test
  void tellsWhatBrokersSayWasRemoved() throws Exception {
    back();
    installation.get().fleetRemover().remove(new FleetId("sensors"), true, OPERATOR);
    FeedPage known = page();
    restore();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", known.place()));
    tell("b-1", known);
    assertThat(recover().replayed().differences())
        .containsExactly("broker b-1 says that fleet sensors was removed:"
            + " remove it again if that is right");
  }

  /** Hands over to a new issuing CA; answers with the one before. */
  private String handOver() throws Refusal {
    String before = installation.get().authority().issuingKeyId();
    String next = installation.get().caPreparer().issuing(OPERATOR);
    installation.get().caActivator().activate(next, false, OPERATOR);
    return before;
  }

  private Issuer issuer(String id) {
    return installation.get().authority().hierarchy().find(id).orElseThrow();
  }

  private Bundle bundle() throws Refusal {
    return page().entries().stream()
        .map(FeedEntry::bundle)
        .filter(Objects::nonNull)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void aCaThatWasRevokedDoesNotComeBack() throws Exception {
    X509Certificate signed = installation.enroll("d-1");
    String old = handOver();
    back();
    installation.get().caRetirer().revoke(old, "cACompromise", true, OPERATOR);
    FeedPage known = page();
    restore();
    assertThat(issuer(old).state()).isEqualTo(State.RETIRED);
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", known.place()));
    tell("b-1", known);

    RecoveryReport.Replayed replayed = recover().replayed();

    assertThat(replayed.casRevoked()).containsExactly("issuing CA " + old);
    assertThat(replayed.differences()).isEmpty();
    assertThat(issuer(old).state()).isEqualTo(State.REVOKED);
    assertThat(issuer(old).reason()).isEqualTo(RevocationReason.UNSPECIFIED);
    assertThat(installation.get().authority().signer(old)).isEmpty();
    assertThat(bundle().revoked()).containsExactly(old);
    assertThat(installation.states("d-1")).containsExactly(CertificateState.REVOKED);
    assertRefused(FORBIDDEN, "not issued by a CA trusted", () -> installation.renew(signed));
    installation.get().crls().publishDue();
    assertThat(rootCrl().getRevokedCertificate(issuer(old).certificate().getSerialNumber()))
        .isNotNull();
    assertThat(installation.get().audit().after(0, 1000))
        .filteredOn(row -> row.action().equals("issuer.revoked"))
        .singleElement()
        .satisfies(row -> assertThat(row.detail()).endsWith("recovered from broker b-1"));
    assertThat(recover().replayed().casRevoked()).isEmpty();
  }

  private X509CRL rootCrl() throws Exception {
    String root = installation.get().authority().hierarchy().issuers().get(0).id();
    return (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(new ByteArrayInputStream(
            installation.get().crls().find(root).orElseThrow().der()));
  }

  @Test
  void endsWhatARevokedCaSignedThoughNobodyDeniesIt() throws Exception {
    X509Certificate signed = installation.enroll("d-1");
    String old = handOver();
    back();
    installation.get().caRetirer().revoke(old, null, true, OPERATOR);
    FeedPage all = page();
    List<FeedEntry> bundle =
        all.entries().stream().filter(e -> e.bundle() != null).toList();
    restore();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", all.place()));
    tell("b-1", new FeedPage(all.feedId(), all.trustDomain(), all.head(), bundle, all.place()));

    // The device's, the broker's and the service's own from before.
    assertThat(recover().replayed().certificatesEnded()).isEqualTo(3);
    assertThat(denied()).contains(signed.getSerialNumber().toString(16));
  }

  @Test
  void saysWhatToDoAboutARevokedCaThatSignsOrIsNotKnown() throws Exception {
    back();
    String old = handOver();
    String lost = handOver();
    installation.get().caRetirer().revoke(old, null, true, OPERATOR);
    installation.get().caRetirer().revoke(lost, null, false, OPERATOR);
    FeedPage known = page();
    restore();
    assertRefused(FIRST_TELL, "went backwards", () -> read("b-1", known.place()));
    tell("b-1", known);

    RecoveryReport.Replayed replayed = recover().replayed();

    assertThat(replayed.casRevoked()).isEmpty();
    assertThat(replayed.differences())
        .containsExactlyInAnyOrder(
            "broker b-1 knows that issuing CA " + old
                + " was revoked, and certificates are signed with it: hand over to another"
                + " (mintmark ca prepare issuing, ca activate), then revoke it again (ca revoke)",
            "broker b-1 knows that CA '" + lost
                + "' was revoked, which is not known here: brokers enrolled from now on will not"
                + " know; if its key was not safe, change the root it was below",
            "broker b-1 knows the trust anchors otherwise: compare, and apply again what is right");
    assertThat(issuer(old).state()).isEqualTo(State.ACTIVE);
    installation.enroll("d-1");
  }
}
