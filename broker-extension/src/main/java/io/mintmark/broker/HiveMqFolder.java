package io.mintmark.broker;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What HiveMQ keeps on disk, below the broker's folder. The configuration is written anew at each
 * start.
 *
 * @param path the folder
 */
record HiveMqFolder(Path path) {

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

  /** Makes the folders and writes the configuration of one listener. */
  void prepare(String bindAddress, int port, TlsListener listener)
      throws IOException, BrokerStartException {
    Files.createDirectories(conf());
    Files.createDirectories(data());
    Files.createDirectories(extensions());
    listener.shut();
    String xml = config(bindAddress, port, listener);
    // HiveMQ puts environment variables in place of these; on one it does not know it falls back to
    // a configuration of its own, with an open plain-text port.
    if (xml.contains("${")) {
      throw new BrokerStartException("neither the broker's folder "
          + path
          + " nor its bind address may contain ${; choose another");
    }
    AtomicFile.writeSecret(conf().resolve("config.xml"), xml);
  }

  private static String config(String bindAddress, int port, TlsListener listener) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- Written by Mintmark at each start; changes are lost. -->
        <hivemq>
          <listeners>
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <name>mintmark</name>
              <tls>
                <keystore>
                  <path>%s</path>
                  <password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
                <truststore>
                  <path>%s</path>
                  <password>%s</password>
                </truststore>
                <client-authentication-mode>REQUIRED</client-authentication-mode>
                <protocols>
                  <protocol>TLSv1.3</protocol>
                  <protocol>TLSv1.2</protocol>
                </protocols>
              </tls>
            </tls-tcp-listener>
          </listeners>
          <persistence>
            <mode>file</mode>
          </persistence>
          <anonymous-usage-statistics>
            <enabled>false</enabled>
          </anonymous-usage-statistics>
        </hivemq>
        """.formatted(
            port,
            text(bindAddress),
            text(listener.keyStore().toAbsolutePath().toString()),
            listener.passphrase(),
            listener.passphrase(),
            text(listener.trustStore().toAbsolutePath().toString()),
            listener.passphrase());
  }

  private static String text(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
