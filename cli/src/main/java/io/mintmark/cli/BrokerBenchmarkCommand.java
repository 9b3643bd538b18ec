package io.mintmark.cli;

import io.mintmark.simulators.MeasuredReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A verb that measures temporary brokers of a temporary service, each in a process of its own.
 *
 * @param <O> what is measured, and how much
 */
abstract class BrokerBenchmarkCommand<O> implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private ReportOutput output;

  @Option(
      names = "--jfr",
      paramLabel = "DIR",
      description = "Record the brokers with Java Flight Recorder into this folder.")
  private Path recordings;

  /**
   * What was asked for.
   *
   * @param factory the folder for the devices' factory
   * @throws IllegalArgumentException if it is not possible
   */
  abstract O options(Path factory);

  /** Where the brokers run; on whatever processors there are, if the verb does not say otherwise. */
  Cores cores() throws IOException, InterruptedException {
    return Cores.shared();
  }

  /** How long ours practise before their port opens; not at all, if the verb does not say otherwise. */
  Duration brokerWarmUp() {
    return Duration.ZERO;
  }

  /** What devices are played with: little of this machine, if the verb does not say otherwise. */
  String devicesCrypto() {
    // One key share of the curve the provider is fast at, as devices with little power send it.
    System.setProperty("jdk.tls.namedGroups", "secp256r1");
    return CryptoProvider.install();
  }

  /** What is measured, and where its files are. */
  record Setting(
      RunningService service, MeasuredBrokers brokers, Path folder, TerminalProgress progress) {}

  /** Measures. */
  abstract MeasuredReport measure(Setting setting, O options) throws Exception;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("mintmark-benchmark");
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    MeasuredReport report;
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      O options = possible(folder.resolve("factory"));
      progress.step("Devices' crypto provider: " + devicesCrypto());
      progress.step("Starting a service");
      RunningService service = service(folder, shutdown);
      MeasuredBrokers brokers =
          new MeasuredBrokers(folder, service, cores(), shutdown, brokerWarmUp(), recordings);
      report = measure(new Setting(service, brokers, folder, progress), options);
      progress.done();
    }
    return output.write(report);
  }

  private O possible(Path factory) throws CommandFailure {
    try {
      return options(factory);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
  }

  private static RunningService service(Path folder, Shutdown shutdown)
      throws IOException, CommandFailure {
    ServiceProcess process =
        shutdown.add(ServiceProcess.start(folder.resolve("service"), Map.of(), List.of(), "off"));
    return new RunningService("service", process.data());
  }
}
