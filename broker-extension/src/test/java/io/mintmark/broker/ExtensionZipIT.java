package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedHiveMQ;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The zip as an operator uses it: unpacked into HiveMQ's extensions folder, loaded by HiveMQ through
 * its isolated class loader, behind a listener that is the operator's. Embedded HiveMQ lets everybody
 * in unless an extension objects, so every refusal here is the extension's doing.
 */
class ExtensionZipIT {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int CLIENT_ID_NOT_VALID = 0x85;

  /** Another CA the operator's listener trusts, for other clients of his. */
  private final HeldCertificate foreignRoot =
      HeldCertificate.builder().commonName("foreign").authority(1).build();

  @TempDir
  Path folder;

  World world;
  EmbeddedHiveMQ hiveMq;
  Path extension;
  int port;

  @BeforeEach
  void unpack() throws Exception {
    world = new World(Files.createDirectory(folder.resolve("mintmark")));
    Path extensions = folder.resolve("extensions");
    unzip(Path.of(System.getProperty("extension.zip")), extensions);
    extension = extensions.resolve("mintmark-broker-extension");
    TlsListener listener = new TlsListener(folder.resolve("conf"));
    port = FreePort.find();
    // With the broker's own certificate, and a trust store that holds more than our root.
    prepare(listener);
    listener.open(
        world.pki.broker("b1").credential(),
        List.of(world.pki.root.certificate(), foreignRoot.certificate()));
  }

  private void prepare(TlsListener listener) throws Exception {
    BrokerConfig config = BrokerConfig.of(folder, world.feed.uri()).port(port).build();
    new HiveMqFolder(folder).prepare(config, listener);
  }

  @AfterEach
  void stop() throws Exception {
    hiveMq.close();
    world.close();
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
  }

  private static void unzip(Path zip, Path folder) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
  }

  private EmbeddedHiveMQ build() {
    hiveMq = EmbeddedHiveMQ.builder()
        .withConfigurationFolder(folder.resolve("conf"))
        .withDataFolder(folder.resolve("data"))
        .withExtensionsFolder(folder.resolve("extensions"))
        .withoutLoggingBootstrap()
        .build();
    return hiveMq;
  }

  @Test
  void itAdmitsRefusesAndCuts() throws Exception {
    Files.writeString(
        extension.resolve("mintmark-broker.properties"),
        "service=" + world.feed.uri() + "\nfolder=" + world.folder + "\nbootstrap=" + invitation()
            + "\n");
    build().start().get();
    try (LogLines log = new LogLines()) {
      try (Peer device = connect(device("d1"), "d1");
          Peer watcher = connect(world.pki.application("watcher").credential(), "watcher")) {
        assertThat(watcher.subscribe("#")).isEqualTo(1);
        assertThat(device.subscribe("#")).isEqualTo(NOT_AUTHORIZED);
        assertThat(device.publish("telemetry/sensors/d1/t", "21")).isZero();
        await().until(() -> watcher.received().contains("telemetry/sensors/d1/t 21"));

        refused(CLIENT_ID_NOT_VALID, device("d2"), "d1");
        refused(NOT_AUTHORIZED, world.pki.broker("b1").credential(), "b1");
        Credential sameNames = HeldCertificate.builder()
            .commonName("d1")
            .uri(TestPki.deviceId("sensors", "d1"))
            .purposes(KeyPurposeId.id_kp_clientAuth)
            .signedBy(foreignRoot)
            .build()
            .credential();
        refused(NOT_AUTHORIZED, sameNames, "d1");
        assertThat(log.lines()).anyMatch(l -> l.startsWith("INFO refused reason=untrusted "));
        assertThat(device.isConnected()).isTrue();

        world.feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
        assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
        refused(NOT_AUTHORIZED, device("d1"), "d1");
      }
    }
    assertThat(world.folder.resolve("feed.json")).exists();
    assertThat(world.feed.enrolments()).hasSize(1);
    // In HiveMQ's own registry, for whatever exports that.
    assertThat(hiveMq
            .getMetricRegistry()
            .counter("io.mintmark.broker.connects.refused.revoked-identity")
            .getCount())
        .isEqualTo(1);
  }

  /** In place of the credential there would be. */
  private Path invitation() throws Exception {
    Files.delete(world.folder.resolve("credential.pem"));
    world.feed.issue(
        key -> world.pki.renewed("b1", key, world.pki.issuing), world.pki.root, world.pki.issuing);
    Credential shown = HeldCertificate.builder()
        .commonName("b1")
        .purposes(KeyPurposeId.id_kp_clientAuth)
        .signedBy(world.pki.root)
        .build()
        .credential();
    return Files.writeString(
        folder.resolve("b1.pem"),
        Pem.encode(shown.key())
            + Pem.encode(shown.chain().subList(0, 1))
            + Pem.encode(world.pki.anchors()));
  }

  @Test
  void itKeepsTheListenersStores() throws Exception {
    Path passphrase = folder.resolve("passphrase");
    Files.writeString(passphrase, "a secret of HiveMQ's and ours\n");
    Files.writeString(
        extension.resolve("mintmark-broker.properties"),
        "service=" + world.feed.uri() + "\nfolder=" + world.folder + "\nlistener-passphrase-file="
            + passphrase + "\n");
    prepare(new TlsListener(world.folder, "a secret of HiveMQ's and ours"));
    world.feed.issue(
        key -> world.pki.renewed("b1", key, world.pki.nextIssuing),
        world.pki.root,
        world.pki.nextRoot,
        world.pki.nextIssuing);
    build().start().get();
    connect(device("d1"), "d1").close();
    // Another root, and another CA that issues.
    world.feed.bundle(new Bundle(
        Bundle.of(world.pki.roots()).pem(),
        KeyId.of(world.pki.nextIssuing.keys().getPublic()),
        List.of(),
        List.of()));
    await().until(() -> {
      Credential shown =
          new CredentialStore(world.folder.resolve("credential.pem")).load().get();
      KeyStore keys = store("listener.p12");
      return shown.chain().contains(world.pki.nextIssuing.certificate())
          && shown.certificate().equals(keys.getCertificate("broker"))
          && store("listener-trust.p12").size() == 2;
    });
  }

  private KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(
        world.folder.resolve(name).toFile(), "a secret of HiveMQ's and ours".toCharArray());
  }

  @Test
  void withoutSettingsItDoesNotStartAndHiveMqLetsNobodyIn() throws Exception {
    build();
    try (LogLines log = new LogLines()) {
      // As in an installation; embedded HiveMQ has just set it to false.
      InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
      hiveMq.start().get();
      assertThat(log.lines())
          .anyMatch(
              l -> l.startsWith("ERROR NOBODY CAN CONNECT") && l.contains("'service' is missing"));
      refused(NOT_AUTHORIZED, device("d1"), "d1");
    }
  }

  private Credential device(String device) {
    return world.pki.device("sensors", device).credential();
  }

  private Peer connect(Credential credential, String clientId) throws MqttException {
    return Peer.connect(port, credential, world.pki.anchors(), clientId);
  }

  private void refused(int code, Credential credential, String clientId) {
    assertThatThrownBy(() -> connect(credential, clientId).close())
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(code));
  }
}
