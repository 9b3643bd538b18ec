package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.provisioning.ProvisioningService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin
  private MqttOptions mqtt;

  @Mixin
  private MisbehaveOption misbehave;

  @Override
  public Integer call() throws Exception {
    String crypto = CryptoProvider.install();
    mqtt.check();
    MisbehaveSpec trouble = misbehave.announced(spec.commandLine().getErr());
    try (Shutdown shutdown = new Shutdown()) {
      ProvisioningService service =
          shutdown.add(ProvisioningService.start(options.config(), trouble.service()));
      Path folder = options.folder().resolve("broker");
      BrokerCredential.ensure(service, folder, "local", options.hosts());
      BrokerConfig.Builder config = mqtt.builder(folder, service.deviceUri(), options.bind());
      if (!trouble.mqtt().isEmpty()) {
        // The proxy takes its place.
        config.port(0);
      }
      MintmarkBroker broker = shutdown.add(MintmarkBroker.start(config.build()));
      int port = trouble.mqtt().isEmpty()
          ? broker.port()
          : shutdown
              .add(MisbehavingBroker.before(broker, options.bind(), mqtt.port(), trouble))
              .port();
      Endpoints.addMqtt(options.folder(), options.hosts().get(0), port);
      PrintWriter out = spec.commandLine().getOut();
      ServiceReport.print(out, service, options.folder(), crypto);
      MqttOptions.print(out, options.hosts().get(0), port, broker);
      out.println("Stop with Ctrl-C.");
      out.flush();
      Shutdown.await();
    }
    return 0;
  }
}
