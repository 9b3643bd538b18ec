package io.mintmark.cli;

import io.mintmark.broker.MintmarkBroker;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Pem;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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
    description = "Run a broker alone, against a provisioning service elsewhere. Its folder holds"
        + " the credential that 'mintmark broker enroll' obtained.",
    mixinStandardHelpOptions = true,
    subcommands = {BrokerCommand.Enroll.class, BrokerCommand.Ls.class})
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
    if (Files.notExists(home.resolve("credential.pem"))) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "the folder " + home + " holds no credential.pem: obtain one with 'mintmark broker enroll"
              + " NAME --host HOST --folder " + folder + "'");
    }
    try (Shutdown shutdown = new Shutdown()) {
      MintmarkBroker broker = shutdown.add(MintmarkBroker.start(mqtt.config(home, service, bind)));
      PrintWriter out = spec.commandLine().getOut();
      out.println("Mintmark broker " + Version.text() + " is up on port " + broker.port());
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
      name = "enroll",
      description = "Obtain a broker's credential from the operator API into its folder.",
      mixinStandardHelpOptions = true)
  static final class Enroll extends OperatorVerb {

    @Parameters(paramLabel = "NAME", description = "The broker's name.")
    private String name;

    @Option(
        names = "--host",
        paramLabel = "NAME",
        required = true,
        description = "A DNS name or IP address clients reach the broker by; repeat it for more.")
    private List<String> hosts;

    @Option(
        names = "--folder",
        paramLabel = "DIR",
        defaultValue = "mintmark-broker",
        description = "Where the credential goes (default: ./${DEFAULT-VALUE}).")
    private Path folder;

    @Override
    public Integer call() throws Exception {
      Credential credential = client().certifyBroker(name, hosts);
      AtomicFile.write(folder.resolve("trust.pem"), Pem.encode(trustAnchors()));
      CredentialStore store = new CredentialStore(folder.resolve("credential.pem"));
      store.save(credential);
      out()
          .println("broker " + name + ": credential in " + store.file() + ", valid until "
              + credential.certificate().getNotAfter().toInstant());
      return 0;
    }
  }
}
