package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HiveMQ is told; that it understands it is looked at in each start of a broker. */
class HiveMqFolderTest {

  @TempDir
  Path folder;

  private String config(BrokerLimits limits, int websocketPort) throws Exception {
    BrokerConfig config = BrokerConfig.of(folder, URI.create("https://pki.example.org"))
        .port(8883)
        .websocketPort(websocketPort)
        .limits(limits)
        .build();
    new HiveMqFolder(folder).prepare(config, new TlsListener(folder));
    return Files.readString(folder.resolve("conf/config.xml")).replaceAll("\\s+", "");
  }

  @Test
  void limitsAreHiveMqsOwnWhereItHasThem() throws Exception {
    assertThat(config(new BrokerLimits(ConnectRates.DEFAULT, 7, 4096, 11, 13_000), 8884))
        .contains("<max-connections>7</max-connections>")
        .contains("<max-packet-size>4096</max-packet-size>")
        .contains("<max-queue-size>11</max-queue-size>")
        .contains("<incoming-bandwidth-throttling>13000</incoming-bandwidth-throttling>")
        .contains("<tls-websocket-listener><port>8884</port>")
        .containsPattern("<path>/mqtt</path>.*<client-authentication-mode>REQUIRED</");
    assertThat(config(BrokerLimits.DEFAULT, BrokerConfig.NO_PORT))
        .contains("<max-connections>-1</max-connections>")
        .contains("<incoming-bandwidth-throttling>0</incoming-bandwidth-throttling>")
        .doesNotContain("websocket");
  }

  @Test
  void limitsThatCannotBeAreNamed() {
    refuses("the most connections cannot be 0", 0, 4096, 1000, -1);
    refuses("the longest packet cannot be 12: use 1024 to", -1, 12, 1000, -1);
    refuses("the most queued messages cannot be -1", -1, 4096, -1, -1);
    refuses("the bytes per second cannot be 5", -1, 4096, 1000, 5);
  }

  private static void refuses(
      String message, long connections, int packet, int queued, long bytes) {
    assertThatThrownBy(
            () -> new BrokerLimits(ConnectRates.DEFAULT, connections, packet, queued, bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
