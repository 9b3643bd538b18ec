package io.mintmark.cli;

import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ProvisioningConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the provisioning service is started, alone or as part of {@code up}. */
final class ServiceOptions {

  @Mixin
  private DataFolder data;

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      description = "The installation's name, root of every identity. Set when the data folder is"
          + " made and never again (default: mintmark.local).")
  private String trustDomain;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "A DNS name or IP address devices reach this machine by; repeat it for more."
          + " The certificates carry them all, URLs use the first (default: localhost, 127.0.0.1).")
  private List<String> hosts = List.of("localhost", "127.0.0.1");

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
  private String bind;

  @Option(
      names = "--device-port",
      paramLabel = "PORT",
      defaultValue = "8443",
      description =
          "HTTPS for devices and brokers, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int devicePort;

  @Option(
      names = "--operator-port",
      paramLabel = "PORT",
      defaultValue = "9443",
      description = "HTTPS for operators, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int operatorPort;

  @Option(
      names = "--status-port",
      paramLabel = "PORT",
      defaultValue = "8480",
      description = "HTTP for CRLs and OCSP, 0 for any free one, 'off' for none (default:"
          + " ${DEFAULT-VALUE}).")
  private String statusPort;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Holds the passphrase of the CA keys, - to be asked (default:"
          + " $MINTMARK_PASSPHRASE, else one is generated into the data folder).")
  private Path passphraseFile;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings of the whole service, YAML (default: service.yaml in the data folder, if it is"
              + " there).")
  private Path settings;

  ProvisioningConfig config() throws CommandFailure {
    return new ProvisioningConfig(
        data.path(),
        trustDomain == null ? null : parse(trustDomain),
        hosts,
        bind,
        Ports.require("--device-port", devicePort),
        Ports.require("--operator-port", operatorPort),
        Ports.requireOrOff("--status-port", statusPort),
        passphraseFile,
        settings,
        Clock.systemUTC());
  }

  List<String> hosts() {
    return hosts;
  }

  String bind() {
    return bind;
  }

  Path folder() {
    return data.path();
  }

  private static TrustDomain parse(String name) throws CommandFailure {
    try {
      return new TrustDomain(name);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
  }
}
