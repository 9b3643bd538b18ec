package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.ForeignPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactoryTest {

  private static final FactoryOptions SENSORS = FactoryOptions.of(new FleetId("sensors"));

  @TempDir
  Path folder;

  @Test
  void makesCredentialsThatNameTheirDeviceAndEndNever() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);
    List<DeviceId> made = factory.make("sensor", 3);

    assertThat(made)
        .extracting(DeviceId::value)
        .containsExactly("sensor-0001", "sensor-0002", "sensor-0003");
    Credential second = factory.credential(made.get(1));
    assertThat(second.certificate().getSubjectX500Principal().getName())
        .contains("CN=sensor-0002")
        .contains("2.5.4.5=#");
    assertThat(second.certificate().getNotAfter().toInstant()).hasToString("9999-12-31T23:59:59Z");
  }

  @Test
  void theManifestPinsEachKey() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);
    DeviceId device = factory.make("sensor", 1).get(0);

    byte[] spki = factory.credential(device).certificate().getPublicKey().getEncoded();
    assertThat(factory.manifest())
        .hasContent("device,pin\nsensor-0001,spki-sha256:" + Pem.fingerprint(spki) + "\n");
  }

  @Test
  void keysAreForTheirOwnerOnly() throws IOException {
    Factory factory = Factory.open(folder, SENSORS.withIntermediate(true));
    factory.make("sensor", 1);

    for (String key :
        List.of("factory-ca-key.pem", "factory-line-ca-key.pem", "devices/sensor-0001/key.pem")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(key))))
          .as(key)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void opensslAcceptsTheChains() throws Exception {
    ForeignPrograms.require("openssl");
    for (boolean intermediate : List.of(false, true)) {
      Path place = folder.resolve("intermediate-" + intermediate);
      Factory factory = Factory.open(place, SENSORS.withIntermediate(intermediate));
      factory.make("sensor", 1);
      String leaf = place.resolve("devices/sensor-0001/cert.pem").toString();

      // -untrusted takes the rest of the chain from the device's own file.
      Process openssl = new ProcessBuilder(
              "openssl",
              "verify",
              "-x509_strict",
              "-purpose",
              "sslclient",
              "-CAfile",
              factory.caFile().toString(),
              "-untrusted",
              leaf,
              leaf)
          .redirectErrorStream(true)
          .start();
      assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualToIgnoringWhitespace(leaf + ": OK");
    }
  }

  @Test
  void openedAgainItContinues() throws IOException {
    Factory before = Factory.open(folder, SENSORS);
    DeviceId first = before.make("sensor", 1).get(0);
    Credential credential = before.credential(first);
    String ca = Files.readString(before.caFile());
    Files.writeString(before.fleetFile(), "# mine now\n");

    Factory again = Factory.open(folder, SENSORS);
    again.make("sensor", 2);
    again.make("sensor", 2);

    assertThat(again.caFile()).hasContent(ca);
    assertThat(again.fleetFile()).hasContent("# mine now\n");
    assertThat(again.credential(first).certificate()).isEqualTo(credential.certificate());
    assertThat(Files.readAllLines(again.manifest()))
        .hasSize(3)
        .last()
        .asString()
        .startsWith("sensor-0002,spki-sha256:");
  }

  @Test
  void keepsAttributesSomebodyAddedToTheManifest() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);
    Files.writeString(factory.manifest(), "device,pin,site\nsensor-0001,,basel\n");

    factory.make("sensor", 2);

    assertThat(Files.readAllLines(factory.manifest()))
        .startsWith("device,pin,site", "sensor-0001,,basel")
        .hasSize(3)
        .last()
        .asString()
        .matches("sensor-0002,spki-sha256:[0-9a-f]{64},");
  }

  @Test
  void refusesAnotherFleetsFactoryUnlessAllowed() throws IOException {
    Factory.open(folder, SENSORS).make("sensor", 1);
    FactoryOptions pumps = FactoryOptions.of(new FleetId("pumps"));

    assertThatThrownBy(() -> Factory.open(folder, pumps))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another factory")
        .hasMessageContaining("not that of fleet pumps");

    Path mine = Files.writeString(folder.resolve("notes.txt"), "keep me");
    Factory replaced = Factory.open(folder, pumps.withReplace(true));
    assertThat(replaced.fleetFile()).content().startsWith("fleet: pumps\n");
    assertThat(folder.resolve("devices")).doesNotExist();
    assertThat(mine).hasContent("keep me");
  }

  @Test
  void refusesPartOfAFactory() throws IOException {
    Files.createDirectories(folder.resolve("devices"));

    assertThatThrownBy(() -> Factory.open(folder, SENSORS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("part of a factory");
  }

  @Test
  void halfADeviceIsMadeAgain() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);
    DeviceId device = factory.make("sensor", 1).get(0);
    Files.delete(folder.resolve("devices/sensor-0001/cert.pem"));

    factory.make("sensor", 1);

    assertThat(
            factory.credential(device).certificate().getSubjectX500Principal().getName())
        .contains("CN=sensor-0001");
  }

  @Test
  void theManifestFollowsADeviceMadeAgain() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);
    DeviceId device = factory.make("sensor", 1).get(0);
    Files.delete(folder.resolve("devices/sensor-0001/key.pem"));

    factory.make("sensor", 1);

    byte[] spki = factory.credential(device).certificate().getPublicKey().getEncoded();
    assertThat(factory.manifest()).content().contains(Pem.fingerprint(spki));
  }

  @Test
  void theFleetFileSaysWhatItWasAskedTo() throws IOException {
    FactoryOptions quick = SENSORS.withLifetime(Duration.ofSeconds(90), Duration.ZERO);

    assertThat(Factory.open(folder, quick).fleetFile()).hasContent("""
        fleet: sensors
        factory-cas:
          - factory-ca.pem
        enrolment:
          mode: manifest
        certificate:
          lifetime: 90s
          backdate: 0s
        mqtt:
          client-id: ${device}
          publish: ["telemetry/${fleet}/${device}/#"]
          subscribe: ["commands/${fleet}/${device}/#"]
        """);
  }

  @Test
  void refusesAPrefixThatIsNoDeviceId() throws IOException {
    Factory factory = Factory.open(folder, SENSORS);

    assertThatThrownBy(() -> factory.make("a/b", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a/b-0001'");
  }
}
