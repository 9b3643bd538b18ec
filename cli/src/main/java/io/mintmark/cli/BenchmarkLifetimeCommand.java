package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.DurationText;
import io.mintmark.simulators.DemoReport;
import io.mintmark.simulators.FakedTime;
import io.mintmark.simulators.Lifetime;
import io.mintmark.simulators.LifetimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    name = "lifetime",
    description =
        "Months of renewals in minutes: a temporary service, its broker, devices on the SDK"
            + " and an application live under libfaketime (Debian: faketime), which has the clocks of all"
            + " jump from step to step while telemetry flows. Prints one row a claim; exits 0 only if"
            + " every device stayed connected with a valid certificate and no message was lost.",
    mixinStandardHelpOptions = true)
final class BenchmarkLifetimeCommand implements Callable<Integer> {

  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1");
  private static final Duration INVITED_FOR = Duration.ofHours(1);

  /** A device may renew as often as in its real months. */
  private static final String SERVICE_YAML = "limits: {rates: {per-device: unlimited}}\n";

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "90",
      description = "How many days are lived (default: ${DEFAULT-VALUE}).")
  private int days;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many devices live them (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationOption.class,
      description = "How long their certificates live (default: ${DEFAULT-VALUE}).")
  private Duration lifetime;

  @Option(
      names = "--step",
      paramLabel = "TIME",
      defaultValue = "4h",
      converter = DurationOption.class,
      description = "How far the clocks jump at a time, at most a sixth of that"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration step;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "20",
      description = "Messages a real second, of all devices together (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--pace",
      paramLabel = "MILLISECONDS",
      defaultValue = "250",
      description = "Real time between two jumps, at least (default: ${DEFAULT-VALUE}).")
  private long pace;

  @Mixin
  private ReportOutput output;

  @Override
  public Integer call() throws Exception {
    String file = System.getenv(Faketime.FILE);
    Path folder = Files.createTempDirectory("mintmark-benchmark");
    LifetimeOptions options;
    try {
      options = new LifetimeOptions(
          days, step, Duration.ofMillis(pace), lifetime, devices, rate, folder.resolve("life"));
    } catch (IllegalArgumentException e) {
      TemporaryFolder.delete(folder);
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      return file == null
          ? inAnotherTime(folder, shutdown)
          : live(folder, new FakedTime(Path.of(file)), options, shutdown);
    }
  }

  /** The same once more, in a process of which the clock can be moved. */
  private int inAnotherTime(Path folder, Shutdown shutdown) throws Exception {
    Path library = Faketime.find();
    if (library == null) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "libfaketime is not installed: on Debian it is in the package faketime");
    }
    Path file = folder.resolve("clock");
    Files.writeString(file, FakedTime.text(Duration.ZERO));
    List<String> arguments = new ArrayList<>(List.of(
        "benchmark", "lifetime",
        "--days", Integer.toString(days),
        "--devices", Integer.toString(devices),
        "--lifetime", DurationText.of(lifetime),
        "--step", DurationText.of(step),
        "--rate", Double.toString(rate),
        "--pace", Long.toString(pace)));
    arguments.addAll(output.arguments());
    ProcessBuilder builder = new ProcessBuilder(ChildProcess.java(
            // A device notices a jump soon; in the field it looks every quarter of an hour.
            List.of("-Dmintmark.device.longest-sleep-millis=100"),
            Mintmark.class,
            arguments.toArray(new String[0])))
        .inheritIO();
    builder.environment().putAll(Faketime.environment(library, file));
    Process process = builder.start();
    shutdown.add(process::destroy);
    return process.waitFor();
  }

  private int live(Path folder, FakedTime time, LifetimeOptions options, Shutdown shutdown)
      throws Exception {
    TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr());
    progress.step("Starting a service and a broker");
    RunningService service = service(folder.resolve("service"), shutdown);
    BrokerProcess broker = broker(folder.resolve("broker"), service, shutdown);
    BrokeredService site =
        new BrokeredService(service, broker.address().getPort(), Clock.systemUTC());
    DemoReport report = new Lifetime(site, time, options, progress).run();
    progress.done();
    return output.write(report);
  }

  private static RunningService service(Path folder, Shutdown shutdown)
      throws IOException, CommandFailure {
    Path data = Files.createDirectories(ServiceProcess.data(folder));
    Files.writeString(data.resolve("service.yaml"), SERVICE_YAML);
    shutdown.add(ServiceProcess.start(folder, Map.of(), List.of(), "0"));
    return new RunningService("service", data);
  }

  /** Started as anybody's, with an invitation. */
  private BrokerProcess broker(Path folder, RunningService service, Shutdown shutdown)
      throws IOException, CommandFailure {
    Files.createDirectories(folder);
    Path invitation = folder.resolve("invitation.pem");
    Instant endsAt = Instant.now().plus(INVITED_FOR).truncatedTo(ChronoUnit.SECONDS);
    AtomicFile.writeSecret(invitation, service.operator().inviteBroker("life", HOSTS, endsAt));
    return shutdown.add(BrokerProcess.start(
        ChildProcess.broker(
            List.of(),
            Mintmark.class,
            "broker",
            "--folder",
            folder.toString(),
            "--service",
            service.service().toString(),
            "--bootstrap",
            invitation.toString(),
            "--mqtt-port",
            "0",
            "--websocket-port",
            "off",
            "--metrics-port",
            "off",
            // A feed with nothing to say answers after half a real minute, which may be weeks.
            "--max-staleness",
            days + "d"),
        Map.of(),
        Cores.shared(),
        folder.resolve("broker.log")));
  }
}
