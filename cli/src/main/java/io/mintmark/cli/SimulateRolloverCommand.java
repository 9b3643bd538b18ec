package io.mintmark.cli;

import io.mintmark.simulators.DemoReport;
import io.mintmark.simulators.Rollover;
import io.mintmark.simulators.RolloverOptions;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "rollover",
    description = "New CAs under traffic, in a temporary folder and on free ports: while devices on"
        + " the SDK send telemetry, an operator hands over to a new issuing CA and then to a new"
        + " root, without force, until the old root is gone. Prints one row a claim; exits 0 only if"
        + " no device and no message was lost and the old root is trusted nowhere any more.",
    mixinStandardHelpOptions = true)
final class SimulateRolloverCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many devices, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationOption.class,
      description = "How long the devices' certificates live, 10s to 1d; all takes three to four of"
          + " these (default: ${DEFAULT-VALUE}).")
  private Duration lifetime;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path json;

  @Option(
      names = "--keep",
      description = "Keep the temporary folder, with the log, and say where it is. It is also kept"
          + " when a claim fails.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    String crypto = CryptoProvider.install();
    Path folder = Files.createTempDirectory("mintmark-rollover");
    RolloverOptions options;
    try {
      options = RolloverOptions.of(devices, folder.resolve("fleet"), lifetime);
    } catch (IllegalArgumentException e) {
      Files.delete(folder);
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    Console.logTo(folder.resolve("rollover.log"));
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    progress.step("Crypto provider: " + crypto);
    DemoReport report;
    try (Shutdown shutdown = new Shutdown()) {
      progress.step("Starting the provisioning service and the broker");
      LocalInstallation installation = shutdown.add(LocalInstallation.start(folder));
      report = new Rollover(installation, installation.authorities(), options, progress).run();
      progress.done();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.print(report.table());
    if (json != null) {
      Files.writeString(json, report.toJson());
    }
    if (keep || !report.passed()) {
      out.println("Folder with the log: " + folder);
    } else {
      TemporaryFolder.delete(folder);
    }
    out.flush();
    return report.passed() ? 0 : CommandFailure.FAILED;
  }
}
