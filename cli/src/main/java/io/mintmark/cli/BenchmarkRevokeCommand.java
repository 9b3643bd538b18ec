package io.mintmark.cli;

import io.mintmark.simulators.BrokerChoice;
import io.mintmark.simulators.MeasuredReport;
import io.mintmark.simulators.RevokeLoad;
import io.mintmark.simulators.RevokeOptions;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "revoke",
    description = "How long from a revocation to the end of the session: many devices are connected"
        + " to a temporary broker, an operator of a temporary service revokes some of them one by"
        + " one at a steady pace, and then all others by one command. Exits 0 only if the 99th"
        + " percentile of the single ones is below 250 ms, nobody else was cut, and nobody revoked"
        + " came back.",
    mixinStandardHelpOptions = true)
final class BenchmarkRevokeCommand extends BrokerBenchmarkCommand<RevokeOptions> {

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "5000",
      description = "How many devices are connected (default: ${DEFAULT-VALUE}).")
  private int sessions;

  @Option(
      names = "--revocations",
      paramLabel = "N",
      defaultValue = "300",
      description = "How many of them are revoked one by one (default: ${DEFAULT-VALUE}).")
  private int revocations;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Override
  RevokeOptions options(Path factory) {
    return new RevokeOptions(sessions, revocations, rate, factory);
  }

  @Override
  MeasuredReport measure(Setting setting, RevokeOptions options) throws Exception {
    setting.progress().step("Starting a broker");
    BrokerChoice ours = setting.brokers().fast();
    return new RevokeLoad(
            new RevokedInstallation(
                setting.service(), ours.start(), setting.folder().resolve(ours.label() + ".log")),
            options,
            setting.progress())
        .run();
  }
}
