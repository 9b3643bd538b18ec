package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.identity.AtomicFile;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "broker",
    description = "Run a broker alone, against a provisioning service elsewhere. The file that"
        + " 'mintmark broker invite' made gets it its credential.",
    mixinStandardHelpOptions = true,
    subcommands = {BrokerCommand.Invite.class, BrokerCommand.Ls.class})
final class BrokerCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = "mintmark-broker",
      description = "The broker's own folder: credential, trust anchors, last feed snapshot,"
          + " sessions (default: ./${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--service",
      paramLabel = "URL",
      defaultValue = "https://localhost:8443",
      description = "The provisioning service, device port (default: ${DEFAULT-VALUE}).")
  private URI service;

  @Option(
      names = "--bootstrap",
      paramLabel = "FILE",
      description = "The broker's invitation: by it the broker obtains its credential over EST when"
          + " it has none, or its own has ended.")
  private Path bootstrap;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
  private String bind;

  @Mixin
  private MqttOptions mqtt;

  @Override
  public Integer call() throws Exception {
    String crypto = CryptoProvider.install();
    mqtt.check();
    Path home = folder.toAbsolutePath().normalize();
    BrokerConfig.Builder config = mqtt.builder(home, service, bind);
    if (bootstrap != null) {
      Files.createDirectories(home);
      config.bootstrap(bootstrap.toAbsolutePath());
    } else if (Files.notExists(home.resolve("credential.pem"))) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "the folder " + home + " holds no credential.pem: have the broker invited with 'mintmark"
              + " broker invite NAME --host HOST --out FILE', and start it with --bootstrap FILE");
    }
    try (Shutdown shutdown = new Shutdown()) {
      MintmarkBroker broker = shutdown.add(MintmarkBroker.start(config.build()));
      PrintWriter out = spec.commandLine().getOut();
      out.println("Mintmark broker " + Version.text() + " is up on port " + broker.port());
      MqttOptions.print(out, bind, broker.port(), broker.websocketPort(), broker.metricsPort());
      out.println("  folder            " + home);
      out.println("  follows           " + service);
      out.println("  crypto provider   " + crypto);
      out.println("Stop with Ctrl-C.");
      out.flush();
      Shutdown.await();
    }
    return 0;
  }

  @Command(
      name = "list",
      description = "List the brokers, when each was heard last and its connections.",
      mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().brokers().path("brokers"));
      return 0;
    }
  }

  @Command(
      name = "invite",
      description = "Make the file a new broker obtains its credential with: for once, for some"
          + " hours. Whoever has it can be this broker; one made before and not used is withdrawn.",
      mixinStandardHelpOptions = true)
  static final class Invite extends OperatorVerb {

    @Parameters(paramLabel = "NAME", description = "The broker's name.")
    private String name;

    @Option(
        names = "--host",
        paramLabel = "NAME",
        required = true,
        description = "A DNS name or IP address clients reach the broker by; repeat it for more.")
    private List<String> hosts;

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        defaultValue = "24h",
        converter = DurationOption.class,
        description = "How long it can be used, at most 7d (default: ${DEFAULT-VALUE}).")
    private Duration time;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        required = true,
        description = "The file; a secret until it was used.")
    private Path file;

    @Override
    public Integer call() throws Exception {
      Instant endsAt = Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
      AtomicFile.writeSecret(file, client().inviteBroker(name, hosts, endsAt));
      out()
          .println("broker " + name + ": invited until " + endsAt
              + ", once. On its machine: mintmark broker --bootstrap " + file.getFileName()
              + " --service URL");
      return 0;
    }
  }
}
