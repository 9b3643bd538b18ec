package io.mintmark.cli;

import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.simulators.StatusLoad;
import io.mintmark.simulators.StatusLoadOptions;
import io.mintmark.simulators.StatusReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "What CRLs and OCSP cost: a temporary service that has revoked many certificates"
        + " makes CRLs, each because one more device is revoked, and is then asked about others over"
        + " OCSP. Exits 0 only if each CRL lists all and every question was answered.",
    mixinStandardHelpOptions = true)
final class BenchmarkStatusCommand implements Callable<Integer> {

  private static final int MOST = 1_000_000;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--revoked",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many certificates are on the CRL already (default: ${DEFAULT-VALUE}).")
  private int revoked;

  @Option(
      names = "--crls",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many CRLs are made and measured (default: ${DEFAULT-VALUE}).")
  private int crls;

  @Option(
      names = "--certificates",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many certificates OCSP is asked about (default: ${DEFAULT-VALUE}).")
  private int certificates;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "8",
      description = "Over how many connections at a time (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "For how long; as long again before, unmeasured (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin
  private ReportOutput output;

  @Override
  public Integer call() throws Exception {
    requireCount("--revoked", revoked, 0);
    requireCount("--certificates", certificates, 1);
    requireCount("--connections", connections, 1);
    requireCount("--crls", crls, 1);
    requireCount("--seconds", seconds, 1);
    CryptoProvider.install();
    Path folder = Files.createTempDirectory("mintmark-benchmark");
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    StatusReport report;
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      report = load(folder, shutdown, progress).run();
      progress.done();
    }
    return output.write(report);
  }

  private StatusLoad load(Path folder, Shutdown shutdown, TerminalProgress progress)
      throws Exception {
    Path service = Files.createDirectory(folder.resolve("service"));
    progress.step("Filling a registry with " + (revoked + certificates) + " certificates");
    FilledRegistry filled =
        FilledRegistry.make(ServiceProcess.data(service), certificates, revoked);
    StatusLoadOptions options;
    try {
      options = new StatusLoadOptions(
          filled.issuer().certificate(),
          filled.good(),
          revoked,
          connections,
          seconds,
          crls,
          folder.resolve("factory"));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    progress.step("Starting a service with it");
    ServiceProcess process = shutdown.add(ServiceProcess.start(service, Map.of(), List.of(), "0"));
    return new StatusLoad(
        new RunningService("service", process.data()),
        StatusAddresses.crlPath(filled.issuer().id()),
        options,
        progress);
  }

  private static void requireCount(String option, int count, int least) throws CommandFailure {
    if (count < least || count > MOST) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          option + " " + count + " is not possible: use " + least + " to " + MOST);
    }
  }
}
