package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.provisioning.ProvisioningService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = "Run everything in one process: provisioning service and broker. An empty data"
        + " folder is set up first.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private ServiceOptions options;

  @Option(
      names = "--mqtt-port",
      paramLabel = "PORT",
      defaultValue = "8883",
      description = "MQTT over mutual TLS, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int mqttPort;

  @Option(
      names = "--max-staleness",
      paramLabel = "DURATION",
      defaultValue = "24h",
      converter = DurationOption.class,
      description = "How long the broker admits new connections without news from the service"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration maxStaleness;

  @Override
  public Integer call() throws Exception {
    String crypto = CryptoProvider.install();
    int port = Ports.require("--mqtt-port", mqttPort);
    try (Shutdown shutdown = new Shutdown()) {
      ProvisioningService service = shutdown.add(ProvisioningService.start(options.config()));
      Path folder = options.folder().resolve("broker");
      BrokerCredential.ensure(service, folder, "local", options.hosts());
      MintmarkBroker broker = shutdown.add(MintmarkBroker.start(
          new BrokerConfig(folder, service.deviceUri(), options.bind(), port, maxStaleness)));
      PrintWriter out = spec.commandLine().getOut();
      ServiceReport.print(out, service, options.folder(), crypto);
      out.println("  MQTT, mutual TLS  " + options.hosts().get(0) + ":" + broker.port());
      out.println("Stop with Ctrl-C.");
      out.flush();
      Shutdown.await();
    }
    return 0;
  }
}
