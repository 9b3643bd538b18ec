package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.provisioning.ProvisioningService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalInt;
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
      boolean troubled = !trouble.mqtt().isEmpty();
      if (troubled) {
        MisbehavingBroker.giveWay(config, mqtt.websocketPort());
      }
      MintmarkBroker broker = shutdown.add(MintmarkBroker.start(config.build()));
      int port = broker.port();
      OptionalInt webSocket = broker.websocketPort();
      if (troubled) {
        MisbehavingBroker proxied = shutdown.add(MisbehavingBroker.before(
            broker, options.bind(), mqtt.port(), mqtt.websocketPort(), trouble));
        port = proxied.port();
        webSocket = proxied.websocketPort();
      }
      Endpoints.addMqtt(options.folder(), options.hosts().get(0), port, webSocket);
      PrintWriter out = spec.commandLine().getOut();
      ServiceReport.print(out, service, options.folder(), crypto);
      MqttOptions.print(out, options.hosts().get(0), port, webSocket, broker.metricsPort());
      out.println("Stop with Ctrl-C.");
      out.flush();
      Shutdown.await();
    }
    return 0;
  }
}
