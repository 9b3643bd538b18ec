package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionIT {

  @TempDir
  static Path folder;

  static World world;

  @BeforeAll
  static void start() throws Exception {
    long t = System.nanoTime();
    world = new World(folder).startBroker();
    System.out.println("broker started in " + (System.nanoTime() - t) / 1_000_000 + " ms");
  }

  @AfterAll
  static void stop() throws Exception {
    long t = System.nanoTime();
    world.close();
    System.out.println("broker stopped in " + (System.nanoTime() - t) / 1_000_000 + " ms");
  }

  @Test
  void aDeviceAndAnApplicationTalk() throws Exception {
    try (Peer device = world.device("sensors", "d1");
        Peer application = world.application("dashboard")) {
      assertThat(application.subscribe("telemetry/#")).isEqualTo(1);
      assertThat(device.subscribe("commands/sensors/d1/#")).isEqualTo(1);
      assertThat(device.publish("telemetry/sensors/d1/t", "21", 1)).isZero();
      await().until(() -> application.received().contains("telemetry/sensors/d1/t 21"));
      assertThat(application.publish("commands/sensors/d1/reboot", "now", 1)).isZero();
      await().until(() -> device.received().contains("commands/sensors/d1/reboot now"));
    }
  }
}
