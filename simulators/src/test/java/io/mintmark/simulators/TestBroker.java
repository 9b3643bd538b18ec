package io.mintmark.simulators;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.FreePort;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;

/**
 * A real HiveMQ on a free port. Open, it asks nobody for a certificate and permits everything: what
 * any claim of a refusal has to fail against. Guarded, it asks for one and leaves the rest to an
 * extension.
 */
final class TestBroker implements AutoCloseable {

  static {
    // HiveMQ gives its writers two seconds at each stop; here they have little to write.
    InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(100);
  }

  private static final String PASSWORD = "not-a-secret";
  private static final String LOCALHOST = "127.0.0.1";

  private final EmbeddedHiveMQ hiveMq;
  private final int port;

  private TestBroker(EmbeddedHiveMQ hiveMq, int port) {
    this.hiveMq = hiveMq;
    this.port = port;
  }

  static TestBroker open(Path folder, Credential own, ExtensionMain extension) throws Exception {
    return start(folder, own, null, extension);
  }

  static TestBroker guarded(
      Path folder, Credential own, X509Certificate trust, ExtensionMain extension)
      throws Exception {
    return start(folder, own, trust, extension);
  }

  private static TestBroker start(
      Path folder, Credential own, X509Certificate trust, ExtensionMain extension)
      throws Exception {
    for (String name : new String[] {"conf", "data", "extensions"}) {
      Files.createDirectories(folder.resolve(name));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "broker", own.key(), PASSWORD.toCharArray(), own.chain().toArray(new X509Certificate[0]));
    String clients = "<client-authentication-mode>NONE</client-authentication-mode>";
    save(keys, folder.resolve("keys.p12"));
    if (trust != null) {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("root", trust);
      save(anchors, folder.resolve("trust.p12"));
      clients = "<truststore><path>%s</path><password>%s</password></truststore>"
              .formatted(folder.resolve("trust.p12"), PASSWORD)
          + "<client-authentication-mode>REQUIRED</client-authentication-mode>";
    }
    int port = FreePort.find();
    Files.writeString(folder.resolve("conf/config.xml"), """
        <hivemq>
          <listeners>
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <tls>
                <keystore>
                  <path>%s</path>
                  <password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
                %s
              </tls>
            </tls-tcp-listener>
          </listeners>
          <persistence><mode>in-memory</mode></persistence>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """.formatted(
            port, LOCALHOST, folder.resolve("keys.p12"), PASSWORD, PASSWORD, clients));
    EmbeddedHiveMQ hiveMq = EmbeddedHiveMQ.builder()
        .withConfigurationFolder(folder.resolve("conf"))
        .withDataFolder(folder.resolve("data"))
        .withExtensionsFolder(folder.resolve("extensions"))
        .withEmbeddedExtension(embedded(extension))
        .withoutLoggingBootstrap()
        .build();
    hiveMq.start().get(60, TimeUnit.SECONDS);
    return new TestBroker(hiveMq, port);
  }

  private static EmbeddedExtension embedded(ExtensionMain main) {
    return EmbeddedExtension.builder()
        .withId("test")
        .withName("test")
        .withVersion("1")
        .withExtensionMain(main)
        .build();
  }

  private static void save(KeyStore store, Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    hiveMq.stop().join();
  }
}
