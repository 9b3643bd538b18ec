package io.mintmark.cli;

import io.mintmark.simulators.DemoReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A verb that plays a fleet against an installation of its own, in a temporary folder, and prints
 * one row a claim.
 *
 * @param <O> how large it is played
 */
abstract class ClaimsCommand<O> implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many devices, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Mixin
  private ReportOutput output;

  @Option(
      names = "--keep",
      description = "Keep the temporary folder, with the log, and say where it is. It is also kept"
          + " when a claim fails.")
  private boolean keep;

  /**
   * What was asked for.
   *
   * @param fleet the folder for the devices
   * @throws IllegalArgumentException if it is not possible
   */
  abstract O options(int devices, Path fleet);

  /**
   * Plays it.
   *
   * @param shutdown closes what is added to it, whatever happens
   */
  abstract DemoReport play(
      LocalInstallation installation, O options, TerminalProgress progress, Shutdown shutdown)
      throws Exception;

  @Override
  public Integer call() throws Exception {
    String name = spec.name();
    String crypto = CryptoProvider.install();
    Path folder = Files.createTempDirectory("mintmark-" + name);
    O options;
    try {
      options = options(devices, folder.resolve("fleet"));
    } catch (IllegalArgumentException e) {
      Files.delete(folder);
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    Console.logTo(folder.resolve(name + ".log"));
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    progress.step("Crypto provider: " + crypto);
    DemoReport report;
    try (Shutdown shutdown = new Shutdown()) {
      progress.step("Starting the provisioning service and the broker");
      LocalInstallation installation = shutdown.add(LocalInstallation.start(folder));
      report = play(installation, options, progress, shutdown);
      progress.done();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    int exitCode = output.write(report);
    if (keep || !report.passed()) {
      out.println("Folder with the log: " + folder);
    } else {
      TemporaryFolder.delete(folder);
    }
    out.flush();
    return exitCode;
  }
}
