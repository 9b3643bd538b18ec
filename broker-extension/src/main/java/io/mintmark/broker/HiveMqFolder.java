package io.mintmark.broker;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What HiveMQ keeps on disk, below the broker's folder. The configuration is written anew at each
 * start.
 *
 * @param path the folder
 */
record HiveMqFolder(Path path) {

  /** Where MQTT over WebSocket is, as clients expect it. */
  static final String WEBSOCKET_PATH = "/mqtt";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final String WEBSOCKET = """
      <path>%s</path>
      <subprotocols>
        <subprotocol>mqtt</subprotocol>
      </subprotocols>
      """.formatted(WEBSOCKET_PATH);

  Path conf() {
    return path.resolve("conf");
  }

  Path data() {
    return path.resolve("data");
  }

  /** Extensions the operator adds; ours is not among them and is asked before them. */
  Path extensions() {
    return path.resolve("extensions");
  }

  /** Makes the folder, for its owner only: keys, and messages that wait for their receivers. */
  void create() throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    boolean posix = Files.getFileStore(parent).supportsFileAttributeView("posix");
    Files.createDirectories(
        path,
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0]);
  }

  /** Makes the folders below and writes the configuration of the listeners. */
  void prepare(BrokerConfig config, TlsListener listener) throws IOException, BrokerStartException {
    Files.createDirectories(conf());
    Files.createDirectories(data());
    Files.createDirectories(extensions());
    listener.shut();
    String xml = xml(config, listener);
    // HiveMQ puts environment variables in place of these; on one it does not know it falls back to
    // a configuration of its own, with an open plain-text port.
    if (xml.contains("${")) {
      throw new BrokerStartException("neither the broker's folder "
          + path
          + " nor its bind address may contain ${; choose another");
    }
    AtomicFile.writeSecret(conf().resolve("config.xml"), xml);
  }

  private static String xml(BrokerConfig config, TlsListener listener) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- Written by Mintmark at each start; changes are lost. -->
        <hivemq>
          <listeners>
            %s
            %s
          </listeners>
          <mqtt>
            <packets>
              <max-packet-size>%d</max-packet-size>
            </packets>
            <queued-messages>
              <max-queue-size>%d</max-queue-size>
            </queued-messages>
          </mqtt>
          <restrictions>
            <max-connections>%d</max-connections>
            <incoming-bandwidth-throttling>%d</incoming-bandwidth-throttling>
          </restrictions>
          <persistence>
            <mode>%s</mode>
          </persistence>
          <anonymous-usage-statistics>
            <enabled>false</enabled>
          </anonymous-usage-statistics>
        </hivemq>
        """.formatted(
            listener("tls-tcp-listener", config.port(), "", config, listener),
            config.hasWebsocket()
                ? listener(
                    "tls-websocket-listener", config.websocketPort(), WEBSOCKET, config, listener)
                : "",
            config.limits().packetBytes(),
            config.limits().queuedMessages(),
            config.limits().connections(),
            // HiveMQ's word for no limit.
            Math.max(0, config.limits().bytesPerSecond()),
            config.persistence().mode());
  }

  private static String listener(
      String element, int port, String more, BrokerConfig config, TlsListener listener) {
    return """
        <%1$s>
          <port>%2$d</port>
          <bind-address>%3$s</bind-address>
          <name>mintmark-%1$s</name>
          %4$s
          <tls>
            <keystore>
              <path>%5$s</path>
              <password>%7$s</password>
              <private-key-password>%7$s</private-key-password>
            </keystore>
            <truststore>
              <path>%6$s</path>
              <password>%7$s</password>
            </truststore>
            <client-authentication-mode>REQUIRED</client-authentication-mode>
            <protocols>
              <protocol>TLSv1.3</protocol>
              <protocol>TLSv1.2</protocol>
            </protocols>
          </tls>
        </%1$s>
        """.formatted(
            element,
            port,
            text(config.bindAddress()),
            more,
            text(listener.keyStore().toAbsolutePath().toString()),
            text(listener.trustStore().toAbsolutePath().toString()),
            listener.passphrase());
  }

  private static String text(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
