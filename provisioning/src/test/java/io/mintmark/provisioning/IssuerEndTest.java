package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What happens when the issuing CA comes to its end and nobody has replaced it. */
class IssuerEndTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private HeldCertificate bootstrap;
  private X509Certificate current;
  private final SigningRequest request =
      TestInstallation.request(CertificateRequest.newKeyPair().getPublic());
  private final Logger logger = (Logger) LoggerFactory.getLogger(IssuerEnd.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    Instant from = installation.clock.instant();
    Instant to = from.plus(Duration.ofDays(20 * 365));
    HeldCertificate factory = HeldCertificate.builder()
        .commonName("lasting")
        .authority(0)
        .validity(from, to)
        .build();
    installation.apply(TestInstallation.yaml(SENSORS, factory));
    installation.manifest("d-1");
    bootstrap = HeldCertificate.builder()
        .commonName("d-1")
        .validity(from, to)
        .signedBy(factory)
        .build();
    current = installation.get().enroller().enroll(SENSORS, bootstrap.chain(), request);
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    logger.setAdditive(false);
    logger.addAppender(log);
    log.start();
  }

  @AfterEach
  void close() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    installation.close();
  }

  private void moveTo(Duration beforeTheEnd) {
    Instant end = installation.get().authority().issuing().getNotAfter().toInstant();
    installation.clock.move(
        Duration.between(installation.clock.instant(), end.minus(beforeTheEnd)));
  }

  /** The CAs live for 10 years and their roots for 20. */
  @Test
  void anotherStartHandsOver() throws Exception {
    X509Certificate before = installation.get().authority().issuing();
    String id = installation.get().authority().issuingKeyId();
    moveTo(Duration.ofDays(-1));
    installation.restart();
    X509Certificate after = installation.get().authority().issuing();
    assertThat(after).isNotEqualTo(before);
    assertThat(installation.get().issuerViews().find(id).state()).isEqualTo(Issuer.State.RETIRED);
    assertThat(installation.get().tls().current().certificate().getNotAfter().toInstant())
        .isAfter(installation.clock.instant());
    assertThat(installation.get().enroller().enroll(SENSORS, bootstrap.chain(), request))
        .isNotNull();
    assertThat(installation.audited())
        .contains("issuer.retired " + id)
        .contains("issuer.activated " + installation.get().authority().issuingKeyId());
    installation.restart();
    assertThat(installation.get().authority().issuing()).isEqualTo(after);
  }

  @Test
  void anotherStartHandsOverToTheOneThatWasPrepared() throws Exception {
    installation.clock.move(Duration.ofDays(365));
    String prepared = installation.get().caPreparer().issuing(OPERATOR);
    moveTo(Duration.ofDays(-1));
    Files.delete(folder.resolve("ca/root.p12"));
    installation.restart();
    assertThat(installation.get().authority().issuingKeyId()).isEqualTo(prepared);
  }

  @Test
  void anotherStartSaysWhatToBringBack() throws Exception {
    moveTo(Duration.ofDays(-1));
    Path key = folder.resolve("ca/root.p12");
    Files.move(key, folder.resolve("away"));
    installation.stop();
    assertThatThrownBy(installation::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("expired at")
        .hasMessageContaining("is not at ca/root.p12: bring it back");
    Files.move(folder.resolve("away"), key);
    installation.start();
  }

  private void assertAllRefused() {
    List<ThrowingCallable> calls = List.of(
        () -> installation
            .get()
            .enroller()
            .enroll(
                SENSORS,
                bootstrap.chain(),
                TestInstallation.request(CertificateRequest.newKeyPair().getPublic())),
        () -> installation.get().applications().certify("billing", request, OPERATOR),
        () -> installation.get().brokers().certify("b-1", request, List.of("localhost"), OPERATOR));
    for (ThrowingCallable call : calls) {
      Refusal refusal = assertRefused(LATER, "the service's issuing CA is valid from", call);
      assertThat(refusal.retryAfter()).contains(Duration.ofHours(1));
    }
  }

  @Test
  void putsEverybodyOffAndTellsTheLogOnce() {
    List<String> audited = installation.audited();
    moveTo(Duration.ofDays(-1));

    assertAllRefused();
    assertRefused(
        LATER, "the service's issuing CA is valid from", () -> installation.renew(current));
    assertAllRefused();

    assertThat(installation.audited()).isEqualTo(audited);
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getLevel()).isEqualTo(Level.ERROR);
    assertThat(log.list.get(0).getFormattedMessage())
        .contains("start the service again: it hands over to a CA that was prepared")
        .doesNotContain("mintmark ca");
    assertThat(log.list.get(0).getThrowableProxy()).isNull();
    installation.clock.move(Duration.ofMinutes(61));
    assertAllRefused();
    assertThat(log.list).hasSize(2);
  }

  @Test
  void issuesNothingThatWouldLastLessThanAMinute() throws Exception {
    moveTo(Duration.ofSeconds(61));
    X509Certificate last =
        installation.get().enroller().enroll(SENSORS, bootstrap.chain(), request);
    assertThat(last.getNotAfter())
        .isEqualTo(installation.get().authority().issuing().getNotAfter());
    installation.clock.move(Duration.ofSeconds(2));
    assertAllRefused();
    assertRefused(LATER, "the service's issuing CA is valid from", () -> installation.renew(last));
  }

  @Test
  void goesOnWithAnotherIssuingCa() throws Exception {
    moveTo(Duration.ofSeconds(59));
    assertAllRefused();
    assertThat(log.list.get(0).getFormattedMessage()).contains("mintmark ca prepare issuing");
    String next = installation.get().caPreparer().issuing(OPERATOR);
    installation.get().caActivator().activate(next, false, OPERATOR);

    assertThat(installation.get().enroller().enroll(SENSORS, bootstrap.chain(), request))
        .isNotNull();
  }

  @Test
  void issuesWhatIsMeantToBeShorterAsLongAsItFits() throws Exception {
    new IssuerEnd(installation.get().authority()::issuing)
        .requireRoom(Duration.ofSeconds(10), end().minusSeconds(10));
    assertRefused(
        LATER,
        "valid from",
        () -> new IssuerEnd(installation.get().authority()::issuing)
            .requireRoom(Duration.ofSeconds(10), end().minusSeconds(9)));
  }

  private Instant end() {
    return installation.get().authority().issuing().getNotAfter().toInstant();
  }
}
