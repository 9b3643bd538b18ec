package io.mintmark.cli;

import com.codahale.metrics.MetricRegistry;
import com.hivemq.HiveMQServer;
import com.hivemq.configuration.ConfigurationBootstrap;
import com.hivemq.configuration.info.SystemInformationImpl;
import com.hivemq.configuration.service.FullConfigurationService;
import com.hivemq.configuration.service.entity.Listener;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Mintmark's extension is measured against: the same HiveMQ by the configuration that our broker
 * has written for it, with the smallest extension there can be, which admits everybody who has passed
 * TLS and permits everything. A baseline for {@code mintmark benchmark} and nothing else: no verb
 * starts it, it opens no port but on the loopback interface, and it ends with the process that
 * started it.
 */
final class AllowAllBroker {

  private static final String CONFIG = "config.xml";

  private AllowAllBroker() {}

  /**
   * Starts it and waits for the end of its standard input.
   *
   * @param arguments the {@code hivemq} folder of a broker of ours that runs, and one of its own
   */
  public static void main(String[] arguments) throws Exception {
    Path ours = Path.of(arguments[0]);
    Path own = Path.of(arguments[1]);
    String crypto = CryptoProvider.install();
    int port = start(ours, own);
    System.out.println("HiveMQ that admits everybody is up on port " + port);
    System.out.println("  crypto provider   " + crypto);
    System.out.println("Stop with Ctrl-C.");
    System.out.flush();
    while (System.in.read() >= 0) {
      // Nothing is said to it; what counts is that somebody could.
    }
    System.exit(0);
  }

  private static int start(Path ours, Path own) throws Exception {
    for (String folder : new String[] {"conf", "data", "extensions"}) {
      Files.createDirectories(own.resolve(folder));
    }
    Files.copy(ours.resolve("conf").resolve(CONFIG), own.resolve("conf").resolve(CONFIG));
    SystemInformationImpl system = new SystemInformationImpl(
        true,
        true,
        own.resolve("conf").toFile(),
        own.resolve("data").toFile(),
        own.resolve("extensions").toFile());
    system.init();
    FullConfigurationService configuration = ConfigurationBootstrap.bootstrapConfig(system);
    for (Listener listener : configuration.listenerConfiguration().getListeners()) {
      if (!InetAddress.getByName(listener.getBindAddress()).isLoopbackAddress()) {
        throw new IOException("it admits everybody, so " + listener.getBindAddress()
            + " is no address for it: only the loopback interface is");
      }
    }
    HiveMQServer server =
        new HiveMQServer(system, new MetricRegistry(), configuration, false, false);
    server.bootstrap();
    server.startInstance(EmbeddedExtension.builder()
        .withId("allow-all")
        .withName("Admits everybody")
        .withVersion("embedded")
        .withExtensionMain(new AdmitsEverybody())
        .build());
    return configuration.listenerConfiguration().getListeners().get(0).getPort();
  }

  private static final class AdmitsEverybody implements ExtensionMain {
    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      SimpleAuthenticator authenticator = (connect, answer) -> answer.authenticateSuccessfully();
      Services.securityRegistry().setAuthenticatorProvider(provider -> authenticator);
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
      // It holds nothing.
    }
  }
}
