package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker's trust follows the feed's bundle, by real handshakes and under live sessions. */
class BundleIT {

  private static final int NOT_AUTHORIZED = 0x87;

  @TempDir
  Path folder;

  World world;
  TestPki pki;

  @BeforeEach
  void start() throws Exception {
    world = new World(folder);
    pki = world.pki;
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  private static String key(HeldCertificate ca) {
    return KeyId.of(ca.keys().getPublic());
  }

  private Bundle bundle(
      List<HeldCertificate> roots, List<HeldCertificate> retired, List<HeldCertificate> revoked) {
    return new Bundle(
        Bundle.of(roots.stream().map(HeldCertificate::certificate).toList()).pem(),
        null,
        retired.stream().map(BundleIT::key).toList(),
        revoked.stream().map(BundleIT::key).toList());
  }

  /** With the certificate of its root by another. */
  private static Credential crossed(
      HeldCertificate held, HeldCertificate root, String name, HeldCertificate by) {
    X509Certificate cross = HeldCertificate.builder()
        .commonName(name)
        .keys(root.keys())
        .authority(1)
        .signedBy(by)
        .build()
        .certificate();
    List<X509Certificate> chain = new ArrayList<>(held.chain());
    chain.add(cross);
    return new Credential(held.keys().getPrivate(), chain);
  }

  /** The serial number of what the broker shows to who connects now. */
  private BigInteger shown() throws IOException {
    Credential anybody = pki.device("sensors", "d9").credential();
    try (RawMqtt client = new RawMqtt(world.broker.port(), anybody, pki.roots())) {
      client.socket.startHandshake();
      return ((X509Certificate) client.socket.getSession().getPeerCertificates()[0])
          .getSerialNumber();
    }
  }

  private void refused(int code, Credential credential, String clientId) {
    assertThatThrownBy(() -> world.connect(credential, clientId).close())
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(code));
  }

  private void refusedByTls(Credential credential, String clientId) {
    assertThatThrownBy(() -> world.connect(credential, clientId).close())
        .hasCauseInstanceOf(IOException.class);
  }

  private void admittedSoon(Credential credential, String clientId) {
    await()
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(() -> world.connect(credential, clientId).close());
  }

  @Test
  void theTrustMovesUnderLiveSessionsAndStaysWhenTheServiceIsAway() throws Exception {
    world.startBroker();
    Credential next = pki.nextDevice("sensors", "n1").credential();
    refusedByTls(next, "n1");
    try (Peer old = world.device("sensors", "d1")) {
      world.feed.issue(
          key -> pki.renewed("b1", key, pki.nextIssuing), pki.root, pki.nextRoot, pki.nextIssuing);
      BigInteger before = shown();
      Bundle both = bundle(List.of(pki.root, pki.nextRoot), List.of(), List.of());
      world.feed.bundle(new Bundle(both.pem(), key(pki.nextIssuing), List.of(), List.of()));
      admittedSoon(next, "n1");
      // Another CA issues, so the broker has taken another certificate, and shows it everywhere.
      BigInteger renewed = new CredentialStore(folder.resolve("credential.pem"))
          .load()
          .orElseThrow()
          .certificate()
          .getSerialNumber();
      assertThat(renewed).isNotEqualTo(before);
      await().pollInterval(Duration.ofMillis(200)).until(() -> shown().equals(renewed));
      world.feed.fleet("valves", "a", "b");
      world.feed.fleet("valves", "b", "a");
      await().until(() -> renewed.equals(world.feed.lastBroker()));
      // Resumes its TLS session later on, so TLS will not look at its chain again.
      Credential resuming = pki.device("sensors", "d3").credential();
      world.connect(resuming, "d3").close();

      // The service moves first, else the broker would not take a bundle without the old root.
      world.feed.show(pki.service(pki.nextIssuing).credential());
      world.feed.bundle(bundle(List.of(pki.nextRoot), List.of(pki.root), List.of()));
      try (LogLines log = new LogLines()) {
        // At once, long before HiveMQ has noticed: it looks every 10 s, and has just looked.
        await()
            .ignoreExceptions()
            .untilAsserted(
                () -> refused(NOT_AUTHORIZED, pki.device("sensors", "d2").credential(), "d2"));
        await()
            .until(() ->
                log.lines().stream().anyMatch(l -> l.startsWith("INFO refused reason=untrusted ")));
      }
      refused(NOT_AUTHORIZED, resuming, "d3");
      // Whoever still has a certificate of the old root by the new one gets no further.
      refused(
          NOT_AUTHORIZED,
          crossed(pki.device("sensors", "d2"), pki.root, "root", pki.nextRoot),
          "d2");
      assertThat(old.publish("telemetry/sensors/d1/t", "the session stays"))
          .isNotEqualTo(NOT_AUTHORIZED);
      world.connect(next, "n1").close();
    }

    world.stopBroker();
    world.feed.stop();
    world.startBroker();
    world.connect(next, "n1").close();
    refusedByTls(pki.device("sensors", "d1").credential(), "d1");
  }

  @Test
  void whatRestsOnARevokedCaEnds() throws Exception {
    world.startBroker();
    HeldCertificate otherIssuing = HeldCertificate.builder()
        .commonName("other issuing")
        .authority(0)
        .signedBy(pki.root)
        .build();
    Credential stolen = pki.client(TestPki.deviceId("sensors", "s1"))
        .signedBy(otherIssuing)
        .build()
        .credential();
    try (Peer good = world.device("sensors", "d1");
        Peer bad = world.connect(stolen, "s1");
        LogLines log = new LogLines()) {
      world.feed.bundle(bundle(List.of(pki.root), List.of(), List.of(otherIssuing)));
      assertThat(bad.disconnected()).succeedsWithin(Patience.LONGEST);
      await()
          .until(() ->
              log.lines().stream().anyMatch(l -> l.startsWith("INFO cut reason=revoked-issuer ")));
      refused(NOT_AUTHORIZED, stolen, "s1");
      assertThat(good.publish("telemetry/sensors/d1/t", "the session stays"))
          .isNotEqualTo(NOT_AUTHORIZED);
      // A registry from before does not make it good again.
      world.feed.bundle(bundle(List.of(pki.root, pki.nextRoot), List.of(), List.of()));
      await().until(() -> log.lines().contains("INFO the feed names 2 roots, 1 CAs are withdrawn"));
      refused(NOT_AUTHORIZED, stolen, "s1");
    }
  }

  @Test
  void aBadBundleChangesNothingAndKeepsNothingBack() throws Exception {
    world.startBroker();
    List<Bundle> bad = List.of(
        new Bundle(""),
        new Bundle("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        Bundle.of(List.of(pki.nextRoot.certificate())));
    try (LogLines log = new LogLines()) {
      int n = 0;
      for (Bundle bundle : bad) {
        String device = "b" + n++;
        try (Peer peer = world.device("sensors", device)) {
          world.feed.bundle(bundle);
          world.feed.deny(TestPki.deviceId("sensors", device), "revoked");
          assertThat(peer.disconnected()).succeedsWithin(Patience.LONGEST);
        }
        int refusals = n;
        await().until(() -> refusals(log).size() == refusals);
        world.feed.deny(TestPki.deviceId("sensors", "nobody" + n), "revoked");
        world.device("sensors", "d1").close();
      }
      assertThat(refusals(log)).as("once each").hasSize(bad.size());
      assertThat(refusals(log).get(2)).contains("would not trust the service it comes from");

      // What was wrong is put right at the other end; the feed says nothing new about it.
      world.feed.show(crossed(pki.service(pki.nextIssuing), pki.nextRoot, "next root", pki.root));
      world.feed.deny(TestPki.deviceId("sensors", "nobody"), "revoked");
      await()
          .ignoreExceptions()
          .untilAsserted(
              () -> refused(NOT_AUTHORIZED, pki.device("sensors", "d1").credential(), "d1"));
    }
  }

  private static List<String> refusals(LogLines log) {
    return log.lines().stream()
        .filter(l -> l.startsWith("ERROR THE FEED'S BUNDLE IS NOT USED: "))
        .toList();
  }

  @Test
  void aBrokerIsNotTakenForTheService() throws Exception {
    world.feed.show(pki.broker("b2").credential());
    try (LogLines log = new LogLines()) {
      world.startBroker();
      await()
          .until(() -> log.lines().stream()
              .anyMatch(l -> l.contains("/broker/b2, which is not the service")));
    }
  }
}
