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

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

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

  /** Makes the folders below and writes the configuration of one listener. */
  void prepare(String bindAddress, int port, TlsListener listener, Persistence persistence)
      throws IOException, BrokerStartException {
    Files.createDirectories(conf());
    Files.createDirectories(data());
    Files.createDirectories(extensions());
    listener.shut();
    String xml = config(bindAddress, port, listener, persistence);
    // HiveMQ puts environment variables in place of these; on one it does not know it falls back to
    // a configuration of its own, with an open plain-text port.
    if (xml.contains("${")) {
      throw new BrokerStartException("neither the broker's folder "
          + path
          + " nor its bind address may contain ${; choose another");
    }
    AtomicFile.writeSecret(conf().resolve("config.xml"), xml);
  }

  private static String config(
      String bindAddress, int port, TlsListener listener, Persistence persistence) {
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
            <mode>%s</mode>
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
            listener.passphrase(),
            persistence.mode());
  }

  private static String text(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
