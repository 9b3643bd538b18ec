package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetsTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  @Test
  void aChangedFleetHoldsFromTheNextEnrolmentOn() throws Exception {
    installation.enroll("d-1");
    HeldCertificate another =
        HeldCertificate.builder().commonName("Another factory").authority(1).build();
    installation.apply(TestInstallation.yaml(SENSORS, another));
    assertRefused(FORBIDDEN, "was not issued by a CA", () -> installation.enroll("d-2"));
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory));
    installation.enroll("d-2");
  }

  /** Whoever reads a fleet while it is being changed must not put the old one back. */
  @Test
  void whatIsReadDuringAChangeDoesNotOutliveIt() throws Exception {
    Fleets fleets = new Fleets(installation.get().registry());
    Fleet fleet = fleets.find(SENSORS).orElseThrow();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(2);
    Future<?> reading = readers.submit(() -> {
      while (!over.get()) {
        fleets.find(SENSORS);
      }
    });
    try {
      for (int hours = 1; hours <= 60; hours++) {
        Duration lifetime = Duration.ofHours(hours);
        Fleet next = withLifetime(fleet, lifetime);
        installation.get().registry().write(tx -> {
          fleets.put(tx, next, installation.clock.instant());
          return null;
        });
        assertThat(fleets.find(SENSORS).orElseThrow().profile().lifetime()).isEqualTo(lifetime);
      }
    } finally {
      over.set(true);
      reading.get();
      readers.shutdown();
    }
  }

  private static Fleet withLifetime(Fleet fleet, Duration lifetime) {
    DeviceProfile old = fleet.profile();
    DeviceProfile profile = new DeviceProfile(
        lifetime,
        old.backdate(),
        old.keyTypes(),
        old.purposes(),
        old.dnsNames(),
        old.renewal(),
        old.expiredGrace());
    return new Fleet(
        fleet.id(),
        fleet.factoryCas(),
        fleet.factoryCrls(),
        fleet.enrolment(),
        profile,
        fleet.clientId(),
        fleet.topics(),
        fleet.clones());
  }
}
