package io.mintmark.cli;

import io.mintmark.simulators.EnrolReport;
import io.mintmark.simulators.EnrolStorm;
import io.mintmark.simulators.EnrolStormOptions;
import io.mintmark.simulators.MeasuredService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "enroll",
    description = "An enrolment storm: devices enrol as fast as the service lets them, each over a"
        + " connection and a TLS 1.3 handshake of its own, for a key of its own. Without --data the"
        + " services are two temporary ones, one with the fast crypto provider and one with the"
        + " JDK's, as baseline. Exits 0 only if every device got its certificate.",
    mixinStandardHelpOptions = true)
final class BenchmarkEnrollCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "6000",
      description = "How many devices are measured at each service (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "16",
      description = "How many enrol at a time (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "36000",
      description = "How many more enrol before, unmeasured, until the JVM has compiled what there"
          + " is to compile (default: ${DEFAULT-VALUE}, some four minutes on two processors).")
  private int warmup;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Measure the service that runs on this machine with this data folder, instead;"
          + " its registry keeps the devices.")
  private Path data;

  @Mixin
  private ReportOutput output;

  @Option(
      names = "--jfr",
      paramLabel = "DIR",
      description = "Record the temporary services with Java Flight Recorder into this folder.")
  private Path recordings;

  @Override
  public Integer call() throws Exception {
    // One key share of the curve the provider is fast at, as devices with little power send it.
    System.setProperty("jdk.tls.namedGroups", "secp256r1");
    String crypto = CryptoProvider.install();
    Path folder = Files.createTempDirectory("mintmark-benchmark");
    EnrolStormOptions options;
    try {
      options = new EnrolStormOptions(devices, concurrency, warmup, folder.resolve("factory"));
    } catch (IllegalArgumentException e) {
      Files.delete(folder);
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    progress.step("Devices' crypto provider: " + crypto);
    EnrolReport report;
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      report = new EnrolStorm(services(folder, shutdown, progress), options, progress).run();
      progress.done();
    }
    return output.write(report);
  }

  private List<MeasuredService> services(Path folder, Shutdown shutdown, TerminalProgress progress)
      throws IOException, CommandFailure {
    if (data != null) {
      return List.of(new RunningService("service", data));
    }
    progress.step("Starting two services");
    List<MeasuredService> services = new ArrayList<>();
    Map<String, String> crypto = Map.of("fast", "", "stock", CryptoProvider.JDK);
    for (String label : List.of("fast", "stock")) {
      ServiceProcess process = shutdown.add(ServiceProcess.start(
          folder.resolve(label),
          Map.of(CryptoProvider.VARIABLE, crypto.get(label)),
          recording(label),
          "off"));
      services.add(new RunningService(label, process.data()));
    }
    return services;
  }

  private List<String> recording(String label) throws IOException {
    if (recordings == null) {
      return List.of();
    }
    Files.createDirectories(recordings);
    Path file = recordings.resolve(label + ".jfr").toAbsolutePath();
    return List.of("-XX:StartFlightRecording=settings=profile,filename=" + file);
  }
}
