package io.mintmark.device;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

/**
 * An embedded HiveMQ with mutual TLS. A client may publish to {@code telemetry/<id>/#} and
 * subscribe to {@code commands/<id>/#}; one called {@code app-...} may do the reverse for all.
 */
final class TestBroker implements AutoCloseable {

  static {
    // HiveMQ gives its writers two seconds at each stop; here they have little to write.
    InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(100);
  }

  /**
   * A CONNECT that came.
   *
   * @param clientId its client id
   * @param serial of the certificate it was sent with
   */
  record Connect(String clientId, BigInteger serial) {}

  /** Bytes of the largest packet it takes. */
  static final int LARGEST_PACKET = 100_000;

  private static final String PASSWORD = "changeit";

  final List<Connect> connects = new CopyOnWriteArrayList<>();
  final Set<String> denied = ConcurrentHashMap.newKeySet();
  final Set<BigInteger> deniedSerials = ConcurrentHashMap.newKeySet();
  final Set<String> withoutCommands = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final int port;
  private EmbeddedHiveMQ broker;

  /**
   * @param durable whether sessions outlive a restart
   */
  TestBroker(TestPki pki, Path folder, boolean durable) throws Exception {
    this(pki, pki.server, folder, durable);
  }

  TestBroker(TestPki pki, HeldCertificate server, Path folder, boolean durable) throws Exception {
    this.folder = folder;
    port = FreePort.find();
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("extensions"));
    KeyStore keys = KeyStore.getInstance("JKS");
    keys.load(null, null);
    keys.setKeyEntry(
        "server",
        server.keys().getPrivate(),
        PASSWORD.toCharArray(),
        server.chain().toArray(new Certificate[0]));
    store(keys, conf.resolve("keys.jks"));
    KeyStore trust = KeyStore.getInstance("JKS");
    trust.load(null, null);
    trust.setCertificateEntry("root", pki.root.certificate());
    store(trust, conf.resolve("trust.jks"));
    Files.writeString(conf.resolve("config.xml"), """
        <hivemq>
          <listeners>
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>127.0.0.1</bind-address>
              <tls>
                <keystore>
                  <path>%s/keys.jks</path>
                  <password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
                <truststore>
                  <path>%s/trust.jks</path>
                  <password>%s</password>
                </truststore>
                <client-authentication-mode>REQUIRED</client-authentication-mode>
              </tls>
            </tls-tcp-listener>
          </listeners>
          <mqtt>
            <packets><max-packet-size>%d</max-packet-size></packets>
            <queued-messages><max-queue-size>1000000</max-queue-size></queued-messages>
          </mqtt>
          <persistence><mode>%s</mode></persistence>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """.formatted(
            port,
            conf,
            PASSWORD,
            PASSWORD,
            conf,
            PASSWORD,
            LARGEST_PACKET,
            durable ? "file" : "in-memory"));
    start();
  }

  int port() {
    return port;
  }

  /** Serial numbers of the certificates a client connected with, in order. */
  List<BigInteger> serials(String clientId) {
    return connects.stream()
        .filter(c -> c.clientId().equals(clientId))
        .map(Connect::serial)
        .toList();
  }

  void start() throws ExecutionException, InterruptedException {
    EmbeddedExtension extension = EmbeddedExtension.builder()
        .withId("test")
        .withName("test")
        .withVersion("1")
        .withPriority(0)
        .withStartPriority(0)
        .withExtensionMain(new Extension())
        .build();
    broker = EmbeddedHiveMQ.builder()
        .withConfigurationFolder(folder.resolve("conf"))
        .withDataFolder(folder.resolve("data"))
        .withExtensionsFolder(folder.resolve("extensions"))
        .withEmbeddedExtension(extension)
        .withoutLoggingBootstrap()
        .build();
    broker.start().get();
  }

  void stop() {
    try {
      broker.close();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("the broker did not stop", e);
    }
  }

  /** Cuts a client's live connection, as a revocation does. */
  void kick(String clientId) {
    Services.clientService().disconnectClient(clientId).join();
  }

  /** Cuts it as a certificate does that has ended. */
  void expire(String clientId) {
    Services.clientService()
        .disconnectClient(
            clientId, false, DisconnectReasonCode.MAXIMUM_CONNECT_TIME, "not valid now")
        .join();
  }

  @Override
  public void close() {
    stop();
  }

  private static void store(KeyStore store, Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  private final class Extension implements ExtensionMain, SimpleAuthenticator {
    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      Services.securityRegistry().setAuthenticatorProvider(i -> this);
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

    @Override
    public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
      String id = input.getClientInformation().getClientId();
      X509Certificate certificate = input
          .getConnectionInformation()
          .getClientTlsInformation()
          .orElseThrow()
          .getClientCertificate()
          .orElseThrow();
      connects.add(new Connect(id, certificate.getSerialNumber()));
      if (denied.contains(id) || deniedSerials.contains(certificate.getSerialNumber())) {
        output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED, "device is revoked");
        return;
      }
      boolean app = id.startsWith("app-");
      String own = app ? "+" : id;
      output.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
      output
          .getDefaultPermissions()
          .add(permission(
              (app ? "commands/" : "telemetry/") + own + "/#",
              TopicPermission.MqttActivity.PUBLISH));
      if (!withoutCommands.contains(id)) {
        output
            .getDefaultPermissions()
            .add(permission(
                (app ? "telemetry/" : "commands/") + own + "/#",
                TopicPermission.MqttActivity.SUBSCRIBE));
      }
      output.authenticateSuccessfully();
    }

    private TopicPermission permission(String filter, TopicPermission.MqttActivity activity) {
      return Builders.topicPermission()
          .topicFilter(filter)
          .activity(activity)
          .type(TopicPermission.PermissionType.ALLOW)
          .build();
    }
  }
}
