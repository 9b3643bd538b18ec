package io.mintmark.cli;

import io.mintmark.simulators.DemoReport;
import io.mintmark.simulators.Rollover;
import io.mintmark.simulators.RolloverOptions;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "rollover",
    description = "New CAs under traffic, in a temporary folder and on free ports: while devices on"
        + " the SDK send telemetry, an operator hands over to a new issuing CA and then to a new"
        + " root, without force, until the old root is gone. Prints one row a claim; exits 0 only if"
        + " no device and no message was lost and the old root is trusted nowhere any more.",
    mixinStandardHelpOptions = true)
final class BenchmarkRolloverCommand extends ClaimsCommand<RolloverOptions> {

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationOption.class,
      description = "How long the devices' certificates live, 10s to 1d; all takes three to four of"
          + " these (default: ${DEFAULT-VALUE}).")
  private Duration lifetime;

  @Override
  RolloverOptions options(int devices, Path fleet) {
    return RolloverOptions.of(devices, fleet, lifetime);
  }

  @Override
  DemoReport play(
      LocalInstallation installation,
      RolloverOptions options,
      TerminalProgress progress,
      Shutdown shutdown)
      throws Exception {
    return new Rollover(installation, installation.authorities(), options, progress).run();
  }
}
