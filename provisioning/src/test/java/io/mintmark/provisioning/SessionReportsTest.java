package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionEvent.Kind;
import io.mintmark.identity.SessionReport;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.DeviceViews.DeviceView;
import io.mintmark.provisioning.presence.Presence;
import io.mintmark.provisioning.presence.Presence.State;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What brokers report, on a real registry. */
class SessionReportsTest {

  private static final String RUN = "0123456789abcdef";
  private static final String NEXT_RUN = "fedcba9876543210";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate first;
  private long sequence;
  private long otherSequence;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
    first = installation.enroll("d-1");
    for (String broker : List.of("b-1", "b-2")) {
      installation
          .get()
          .brokers()
          .certify(
              broker,
              TestInstallation.request(CertificateRequest.newKeyPair().getPublic()),
              List.of("localhost"),
              OPERATOR);
    }
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private static String id(String device) {
    return "spiffe://example.org/fleet/sensors/device/" + device;
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  private static SessionEvent came(long number, X509Certificate certificate, String address) {
    return event(Kind.CONNECTED, number, "d-1", serial(certificate), address, null, null, null);
  }

  private static SessionEvent left(long number, X509Certificate certificate, String how) {
    return event(Kind.ENDED, number, "d-1", serial(certificate), "10.0.0.1", how, null, null);
  }

  private static SessionEvent taken(
      long number, X509Certificate certificate, String address, String byAddress) {
    return event(
        Kind.ENDED,
        number,
        "d-1",
        serial(certificate),
        address,
        SessionEvent.TAKEN_OVER,
        serial(certificate),
        byAddress);
  }

  private static SessionEvent refused(X509Certificate certificate) {
    return event(Kind.REFUSED, 0, "d-1", serial(certificate), "10.9.9.9", "superseded", null, null);
  }

  private static SessionEvent event(
      Kind kind,
      long number,
      String device,
      String serial,
      String address,
      String reason,
      String bySerial,
      String byAddress) {
    return new SessionEvent(
        kind,
        number,
        id(device),
        serial,
        device,
        address,
        0,
        kind == Kind.CONNECTED ? 60 : null,
        reason,
        bySerial,
        byAddress);
  }

  private boolean report(SessionEvent... events) throws Refusal {
    return take("b-1", new SessionReport(RUN, ++sequence, Arrays.asList(events), null, false));
  }

  private boolean reportOther(SessionEvent... events) throws Refusal {
    return take("b-2", new SessionReport(RUN, ++otherSequence, List.of(events), null, false));
  }

  private boolean take(String broker, SessionReport report) throws Refusal {
    return installation.get().sessionReports().take(broker, report).list();
  }

  private DeviceView device() throws Refusal {
    return installation.device("d-1");
  }

  private long denials() throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .map(FeedEntry::denial)
        .filter(d -> d != null)
        .count();
  }

  private static String clones(String policy) {
    return "\n  clones: " + policy + "\n";
  }

  private void policy(String policy) throws Refusal {
    installation.apply(
        TestInstallation.yaml(SENSORS, installation.factory).stripTrailing() + clones(policy));
  }

  @Test
  void whoComesIsThereUntilItGoes() throws Exception {
    assertThat(device().presence()).isEqualTo(State.NEVER);
    assertThat(report(came(1, first, "10.0.0.1"))).isFalse();
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
    assertThat(device().connections())
        .containsExactly(new Presence.ConnectionView(
            State.CONNECTED,
            "b-1",
            "d-1",
            serial(first),
            "10.0.0.1",
            installation.clock.instant(),
            null,
            null));
    installation.clock.move(MINUTE);
    assertThat(report(left(1, first, "lost"))).isFalse();
    assertThat(device().presence()).isEqualTo(State.AWAY);
    assertThat(device().lastSeen()).isEqualTo(installation.clock.instant());
    assertThat(device().connections()).first().satisfies(c -> {
      assertThat(c.ended()).isEqualTo("lost");
      assertThat(c.until()).isEqualTo(installation.clock.instant());
      assertThat(c.since()).isEqualTo(installation.clock.instant().minus(MINUTE));
    });
  }

  @Test
  void theOlderOfTwoConnectionsEndsWithoutTheYounger() throws Exception {
    report(came(1, first, "10.0.0.1"), came(2, first, "10.0.0.2"), left(1, first, "lost"));
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
    assertThat(device().connections()).hasSize(1);
    report(left(2, first, "closed"));
    assertThat(device().connections()).first().satisfies(c -> {
      assertThat(c.ended()).isEqualTo("closed");
      assertThat(c.address()).isEqualTo("10.0.0.2");
    });
  }

  @Test
  void listsShowWhoIsConnected() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    SessionEvent app = new SessionEvent(
        Kind.CONNECTED,
        2,
        "spiffe://example.org/app/billing",
        "b1",
        "billing",
        null,
        500,
        0,
        null,
        null,
        null);
    report(came(1, first, "10.0.0.1"), app);
    DeviceFilter connected = new DeviceFilter(null, null, true, false);
    assertThat(installation.get().devices().list(connected, null, 10).devices())
        .extracting(DeviceView::id)
        .containsExactly("d-1");
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(SENSORS, null, false, false), null, 10)
            .devices())
        .extracting(d -> d.id() + " " + d.presence())
        .containsExactly("d-1 CONNECTED", "d-2 NEVER");
    assertThat(installation.get().applications().find("billing")).satisfies(a -> {
      assertThat(a.presence()).isEqualTo(State.CONNECTED);
      assertThat(a.connections().get(0).since())
          .isEqualTo(installation.clock.instant().minusMillis(500));
    });
    assertThat(installation.get().brokers().list())
        .extracting(b -> b.name() + " " + b.state() + " " + b.sessions())
        .containsExactly("b-1 CONNECTED 2", "b-2 NEVER 0");
  }

  @Test
  void whatIsToldTwiceTakesEffectOnce() throws Exception {
    report(came(1, first, "10.0.0.1"));
    SessionReport again = new SessionReport(RUN, 1, List.of(left(1, first, "lost")), null, false);
    assertThat(take("b-1", again)).isFalse();
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
  }

  @Test
  void ofABrokerThatIsNotHeardNobodyKnows() throws Exception {
    report(came(1, first, "10.0.0.1"));
    installation.clock.move(Duration.ofSeconds(90));
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
    installation.clock.move(Duration.ofSeconds(31));
    assertThat(device().presence()).isEqualTo(State.UNKNOWN);
    assertThat(installation.get().brokers().list().get(0).state()).isEqualTo(State.UNKNOWN);
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(null, null, true, false), null, 10)
            .devices())
        .isEmpty();
    report();
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
  }

  @Test
  void withABrokersRunAllItsConnectionsEnd() throws Exception {
    report(came(1, first, "10.0.0.1"));
    installation.restart();
    installation.clock.move(MINUTE);
    assertThat(take("b-1", new SessionReport(NEXT_RUN, 1, List.of(), null, false)))
        .isFalse();
    assertThat(device().presence()).isEqualTo(State.AWAY);
    assertThat(device().connections().get(0).ended()).isEqualTo("broker-restarted");
    assertThat(device().lastSeen()).isEqualTo(installation.clock.instant().minus(MINUTE));
    // Numbers begin anew.
    take("b-1", new SessionReport(NEXT_RUN, 2, List.of(came(1, first, "10.0.0.3")), null, false));
    assertThat(device().connections().get(0).address()).isEqualTo("10.0.0.3");
  }

  @Test
  void whoMissedSomethingAsksForAListWhichIsTheTruth() throws Exception {
    report(came(1, first, "10.0.0.1"));
    // As if this registry had been restored from an older copy, or the broker's memory was full.
    sequence += 5;
    assertThat(report(came(7, first, "10.0.0.7"))).isTrue();
    long listing = sequence + 1;
    for (int part = 0; part < 2; part++) {
      List<SessionEvent> live = part == 0 ? List.of(came(7, first, "10.0.0.7")) : List.of();
      assertThat(take("b-1", new SessionReport(RUN, ++sequence, live, listing, part == 1)))
          .isFalse();
    }
    assertThat(device().connections())
        .extracting(Presence.ConnectionView::address)
        .containsExactly("10.0.0.7");
    long empty = ++sequence;
    take("b-1", new SessionReport(RUN, empty, List.of(), empty, true));
    assertThat(device().presence()).isEqualTo(State.AWAY);
    assertThat(device().connections().get(0).ended()).isEqualTo("gone");
    report(left(7, first, "lost"));
    assertThat(device().connections().get(0).ended()).isEqualTo("lost");
    assertThat(take("b-2", new SessionReport(RUN, 9, List.of(), null, false))).isTrue();
  }

  @Test
  void aCertificateSeenAtABrokerCompletesTheRenewal() throws Exception {
    report(came(1, first, "10.0.0.1"));
    X509Certificate second = installation.renew(first);
    report(left(1, first, "closed"), came(2, first, "10.0.0.1"));
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.ISSUED);
    assertThat(denials()).isZero();

    report(came(3, second, "10.0.0.1"));

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.SUPERSEDED);
    assertThat(denials()).isEqualTo(1);
    assertThat(installation.get().audit().after(0, 100))
        .last()
        .satisfies(row -> assertThat(row.detail())
            .isEqualTo("serial " + serial(first) + ": " + serial(second) + " was seen in use"));
  }

  @Test
  void aSerialNobodyKnowsChangesNothingElse() throws Exception {
    report(event(Kind.CONNECTED, 1, "d-1", "beef", "10.0.0.1", null, null, null));
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);
  }

  @Test
  void whatMakesNoSenseIsRefusedWhole() throws Exception {
    assertRefused(
        INVALID, "run", () -> take("b-1", new SessionReport("x", 1, List.of(), null, false)));
    assertRefused(
        INVALID, "sequence", () -> take("b-1", new SessionReport(RUN, 0, List.of(), null, false)));
    assertRefused(
        INVALID, "listing", () -> take("b-1", new SessionReport(RUN, 1, List.of(), null, true)));
    SessionEvent foreign = new SessionEvent(
        Kind.CONNECTED, 1, "spiffe://other.org/app/x", "1", "x", null, 0, 0, null, null, null);
    assertRefused(INVALID, "identity", () -> report(came(1, first, "10.0.0.1"), foreign));
    assertRefused(INVALID, "address", () -> report(came(1, first, "a\u001b[31mred")));
    assertRefused(INVALID, "reason", () -> report(left(1, first, null)));
    assertThat(device().presence()).isEqualTo(State.NEVER);
  }

  /** One fight of three takeovers, and half of another. */
  private void fight(X509Certificate certificate, long from) throws Refusal {
    String[] at = {"10.0.0.1", "10.0.0.2"};
    List<SessionEvent> events = new ArrayList<>(List.of(came(from, certificate, at[0])));
    for (int i = 1; i <= 4; i++) {
      events.add(came(from + i, certificate, at[i % 2]));
      events.add(taken(from + i - 1, certificate, at[(i + 1) % 2], at[i % 2]));
    }
    report(events.toArray(new SessionEvent[0]));
  }

  @Test
  void aFightIsReported() throws Exception {
    fight(first, 1);
    DeviceView device = device();
    assertThat(device.state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(device.clonedAt()).isEqualTo(installation.clock.instant());
    assertThat(device.clones()).hasSize(1);
    assertThat(device.clones().get(0).sign().word()).isEqualTo("fought-over");
    assertThat(device.clones().get(0).detail()).contains("10.0.0.1", "10.0.0.2", "b-1");
    assertThat(installation.audited()).contains("device.cloned d-1");
    DeviceFilter cloned = new DeviceFilter(null, null, false, true);
    assertThat(installation.get().devices().list(cloned, null, 10).devices())
        .extracting(DeviceView::id)
        .containsExactly("d-1");
    long rows = installation.audited().size();
    installation.clock.move(MINUTE);
    fight(first, 20);
    assertThat(device().clones().get(0).times()).isEqualTo(2);
    assertThat(installation.audited()).hasSize((int) rows);
    // It is of no more interest than the certificate.
    installation.clock.move(Duration.ofDays(8));
    assertThat(device().clones()).isEmpty();
    assertThat(installation.get().devices().list(cloned, null, 10).devices()).isEmpty();
  }

  @Test
  void aFightIsQuarantinedWhereTheFleetSaysSoUntilItIsReleased() throws Exception {
    policy("quarantine");
    assertThat(installation.get().fleetViews().find(SENSORS).clones().word())
        .isEqualTo("quarantine");
    installation.restart();
    fight(first, 1);
    assertThat(device().state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(device().reason()).isEqualTo("clone");
    assertThat(denials()).isEqualTo(1);
    assertThat(installation.get().audit().after(0, 100))
        .last()
        .satisfies(row -> assertThat(row.action() + " " + row.detail())
            .isEqualTo("device.suspended live certificates 1, reason clone"));
    List<String> audited = installation.audited();
    fight(first, 20);
    assertThat(installation.audited()).isEqualTo(audited);

    installation.get().revoker().release(new DeviceId("d-1"), OPERATOR);
    installation.clock.move(MINUTE);
    assertThat(device().state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(device().clones()).isEmpty();
    installation.clock.move(MINUTE);
    fight(first, 40);
    assertThat(device().state()).isEqualTo(DeviceState.SUSPENDED);
  }

  @Test
  void aDeviceThatMovesToItsNewCertificateIsNoClone() throws Exception {
    policy("quarantine");
    X509Certificate current = first;
    long number = 1;
    report(came(number, current, "10.0.0.1"));
    for (int i = 0; i < 6; i++) {
      X509Certificate next = installation.renew(current);
      report(
          came(number + 1, next, "10.0.0.1"),
          event(
              Kind.ENDED,
              number,
              "d-1",
              serial(current),
              "10.0.0.1",
              SessionEvent.TAKEN_OVER,
              serial(next),
              "10.0.0.1"));
      number++;
      current = next;
    }
    assertThat(device().clones()).isEmpty();
    assertThat(device().state()).isEqualTo(DeviceState.ACTIVE);
  }

  @Test
  void fromBrokerToBrokerAndBackIsAFightToo() throws Exception {
    report(came(1, first, "10.0.0.1"));
    reportOther(came(1, first, "10.0.0.2"));
    assertThat(device().connections()).hasSize(2);
    report(came(2, first, "10.0.0.1"));
    assertThat(device().clones()).isEmpty();
    reportOther(came(2, first, "10.0.0.2"));
    assertThat(device().clones()).hasSize(1);
  }

  @Test
  void twoQuietOnesAtTwoBrokersAreNoticedOnceBothMustBeAlive() throws Exception {
    report(came(1, first, "10.0.0.1"));
    installation.clock.move(MINUTE);
    reportOther(came(1, first, "10.0.0.2"));
    // Keep alive 60 s: a silent one is gone after 90 s, and half a minute is for the reports.
    for (int i = 0; i < 4; i++) {
      assertThat(device().clones()).isEmpty();
      installation.clock.move(Duration.ofSeconds(30));
      report();
      reportOther();
    }
    assertThat(device().clones()).isEmpty();
    installation.clock.move(Duration.ofSeconds(31));
    report();
    reportOther();
    installation.clock.move(Duration.ofSeconds(31));
    report();
    assertThat(device().clones()).hasSize(1);
    assertThat(device().clones().get(0).detail()).contains("at the same time", "b-1", "b-2");
  }

  @Test
  void aDeviceThatWentToAnotherBrokerWithoutAWordIsNoClone() throws Exception {
    report(came(1, first, "10.0.0.1"));
    installation.clock.move(MINUTE);
    reportOther(came(1, first, "10.0.0.2"));
    for (int i = 0; i < 10; i++) {
      installation.clock.move(Duration.ofSeconds(30));
      if (i == 2) {
        report(left(1, first, "keep-alive-timeout"));
      }
      report();
      reportOther();
    }
    assertThat(device().clones()).isEmpty();
    assertThat(device().presence()).isEqualTo(State.CONNECTED);
  }

  @Test
  void aSupersededCertificateIsASignOnlyAWhileAfterItsSuccessorWasSeen() throws Exception {
    policy("quarantine");
    X509Certificate second = installation.renew(first);
    report(came(1, second, "10.0.0.1"));
    installation.clock.move(Duration.ofMinutes(10));
    // Another program of the device has yet to read the new one.
    report(refused(first));
    assertThat(device().clones()).isEmpty();
    installation.clock.move(Duration.ofSeconds(1));
    report(refused(first));
    assertThat(device().state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(device().clones()).first().satisfies(clone -> {
      assertThat(clone.sign().word()).isEqualTo("superseded-used");
      assertThat(clone.serial()).isEqualTo(serial(first));
      assertThat(clone.detail()).contains("10.9.9.9");
    });
    // It goes on knocking, which opens nothing: whoever released the device knows.
    installation.get().revoker().release(new DeviceId("d-1"), OPERATOR);
    installation.clock.move(MINUTE);
    installation.clock.move(MINUTE);
    report(refused(first));
    assertThat(device().state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(device().clones().get(0).times()).isEqualTo(2);
  }

  @Test
  void estNoticesASupersededCertificateToo() throws Exception {
    report(came(1, installation.renew(first), "10.0.0.1"));
    assertRefused(FORBIDDEN, "is superseded", () -> installation.renew(first));
    assertThat(device().clones()).isEmpty();
    installation.clock.move(Duration.ofMinutes(11));
    assertRefused(FORBIDDEN, "is superseded", () -> installation.renew(first));
    assertRefused(
        FORBIDDEN,
        "is superseded",
        () -> installation
            .get()
            .bundleReports()
            .report(List.of(first), Bundle.fingerprint(List.of(first))));
    assertThat(device().clones()).hasSize(1);
    assertThat(device().clones().get(0).times()).isEqualTo(1);
  }

  @Test
  void aCertificateWhoseAnswerWasLostIsNoSign() throws Exception {
    X509Certificate lost = installation.renew(first);
    // The device never got it and asks again: the lost one ends without having been seen.
    X509Certificate second = installation.renew(first);
    report(came(1, second, "10.0.0.1"));
    installation.clock.move(Duration.ofHours(1));
    report(refused(lost));
    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED, CertificateState.SUPERSEDED, CertificateState.SUPERSEDED);
    assertThat(device().clones()).isEmpty();
  }

  @Test
  void manyAtOnceAreTaken() throws Exception {
    for (int round = 0; round < 10; round++) {
      List<SessionEvent> events = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        long number = round * 250L + i;
        events.add(event(Kind.CONNECTED, number, "n-" + i, "a" + i, "10.0.0.1", null, null, null));
        if (round > 0) {
          events.add(
              event(Kind.ENDED, number - 250, "n-" + i, "a" + i, "10.0.0.1", "lost", null, null));
        }
      }
      assertThat(report(events.toArray(new SessionEvent[0]))).isFalse();
    }
    assertThat(installation.get().brokers().list().get(0).sessions()).isEqualTo(250);
  }

  @Test
  void applicationsAreNotFoughtOver() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate certificate = installation
        .get()
        .applications()
        .certify("billing", TestInstallation.request(keys.getPublic()), OPERATOR);
    String app = "spiffe://example.org/app/billing";
    for (int i = 1; i < 10; i++) {
      report(
          new SessionEvent(
              Kind.CONNECTED, i, app, serial(certificate), "billing", "A", 0, 0, null, null, null),
          new SessionEvent(
              Kind.ENDED,
              i - 1,
              app,
              serial(certificate),
              "billing",
              "A",
              0,
              null,
              SessionEvent.TAKEN_OVER,
              serial(certificate),
              "A"));
    }
    assertThat(installation.audited()).doesNotContain("device.cloned billing");
  }
}
