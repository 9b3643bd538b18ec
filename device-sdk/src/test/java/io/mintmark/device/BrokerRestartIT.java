package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that goes down and comes back with its sessions. */
class BrokerRestartIT {

  private static final int MESSAGES = 300;

  @TempDir
  Path folder;

  private final Events events = new Events();

  @Test
  void losesNothingWhenTheBrokerRestarts() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    try (Devices devices = new Devices(folder, true);
        TestApplication application = devices.application();
        DeviceClient client = devices.device("b-1", events).build()) {
      CompletableFuture<Void> granted =
          client.subscribe("commands/b-1/#", 1, m -> commands.add(m.text()));
      client.start();
      granted.get();
      for (int i = 0; i < MESSAGES; i++) {
        if (i == MESSAGES / 3) {
          devices.broker.stop();
        }
        if (i == MESSAGES * 2 / 3) {
          await().until(() -> !client.isConnected());
          devices.broker.start();
        }
        sent.add(client.publish("telemetry/b-1/a", Integer.toString(i).getBytes(UTF_8), 1));
      }
      CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0])).get();

      await()
          .untilAsserted(() -> assertThat(application.texts())
              .containsAll(
                  IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList()));
      await().pollInterval(Duration.ofMillis(200)).ignoreExceptions().until(() -> {
        application.command("b-1", "welcome back");
        return commands.contains("welcome back");
      });
    }
    assertThat(events.sessions).containsExactly(false, true);
    assertThat(events.names).contains("disconnected", "retrying");
  }
}
