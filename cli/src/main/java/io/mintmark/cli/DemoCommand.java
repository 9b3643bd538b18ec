package io.mintmark.cli;

import io.mintmark.simulators.Demo;
import io.mintmark.simulators.DemoOptions;
import io.mintmark.simulators.DemoReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description = "Run the whole job on real parts, in a temporary folder and on free ports: a"
        + " factory, the provisioning service, a broker and a fleet on the device SDK. Prints one"
        + " row a claim; exits 0 only if all hold.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many devices, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int devices;

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
    Path folder = Files.createTempDirectory("mintmark-demo");
    DemoOptions options;
    try {
      options = DemoOptions.of(devices, folder.resolve("fleet"));
    } catch (IllegalArgumentException e) {
      Files.delete(folder);
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    Console.logTo(folder.resolve("demo.log"));
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    progress.step("Crypto provider: " + crypto);
    DemoReport report;
    try (Shutdown shutdown = new Shutdown()) {
      progress.step("Starting the provisioning service and the broker");
      LocalInstallation installation = shutdown.add(LocalInstallation.start(folder));
      Demo demo = shutdown.add(new Demo(installation, options, progress));
      report = demo.run();
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
