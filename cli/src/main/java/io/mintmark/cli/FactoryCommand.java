package io.mintmark.cli;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "factory",
    description = "Stand in for a factory: a factory CA, devices with bootstrap certificates, the"
        + " manifest and a fleet file. Run again with more --devices to make more.",
    mixinStandardHelpOptions = true)
final class FactoryCommand implements Callable<Integer> {

  private static final int MOST_DEVICES = 1_000_000;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The factory's folder; made when needed.")
  private Path out;

  @Option(
      names = "--fleet",
      paramLabel = "FLEET",
      required = true,
      description = "The fleet the devices are made for.")
  private String fleet;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many devices there shall be (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "device",
      description = "Devices are named TEXT-0001 and so on (default: ${DEFAULT-VALUE}).")
  private String prefix;

  @Option(
      names = "--intermediate",
      description = "Sign the devices by an intermediate CA below the factory's root.")
  private boolean intermediate;

  @Option(
      names = "--replace",
      description = "Replace another factory in the folder, keys and devices and all.")
  private boolean replace;

  @Override
  public Integer call() throws Exception {
    CryptoProvider.install();
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "--devices " + devices + " is not possible: use 1 to " + MOST_DEVICES);
    }
    FactoryOptions options;
    try {
      options =
          FactoryOptions.of(new FleetId(fleet)).withIntermediate(intermediate).withReplace(replace);
      new DeviceId(prefix + "-0001");
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    Factory factory = Factory.open(out, options);
    List<DeviceId> ids = factory.make(prefix, devices);
    PrintWriter lines = spec.commandLine().getOut();
    lines.println("factory of fleet " + fleet + ": " + ids.size() + " devices, " + ids.get(0)
        + " to " + ids.get(ids.size() - 1));
    lines.println("  fleet file  " + factory.fleetFile());
    lines.println("  manifest    " + factory.manifest());
    lines.println("  devices     " + out.resolve("devices") + "/ID/cert.pem and key.pem");
    return 0;
  }
}
