package io.mintmark.cli;

import io.mintmark.simulators.FootprintLoad;
import io.mintmark.simulators.FootprintOptions;
import io.mintmark.simulators.MeasuredReport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "footprint",
    description =
        "What a device on the SDK takes of its machine: many clients of this process start"
            + " one after the other, with a new enrolment and with a stored credential, at a temporary"
            + " service and broker, and then are idle. Tells processor time of a start, heap and threads"
            + " of an idle client. Exits 0 only if a start takes less than 400 ms of processor time.",
    mixinStandardHelpOptions = true)
final class BenchmarkFootprintCommand extends BrokerBenchmarkCommand<FootprintOptions> {

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many clients are measured (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many clients start before, unmeasured (default: ${DEFAULT-VALUE}).")
  private int warmup;

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      defaultValue = "7s",
      converter = DurationOption.class,
      description = "How long they are idle before they are counted (default: ${DEFAULT-VALUE}).")
  private Duration settle;

  @Override
  String devicesCrypto() {
    return CryptoProvider.none();
  }

  @Override
  FootprintOptions options(Path folder) {
    return new FootprintOptions(clients, warmup, settle, folder);
  }

  @Override
  MeasuredReport measure(Setting setting, FootprintOptions options) throws Exception {
    setting.progress().step("Starting a broker");
    BrokeredService site = new BrokeredService(
        setting.service(), setting.brokers().fast().start().address().getPort(), Clock.systemUTC());
    return new FootprintLoad(site, options, setting.progress()).run();
  }
}
