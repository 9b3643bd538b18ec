package io.mintmark.cli;

import io.mintmark.simulators.BrokerChoice;
import io.mintmark.simulators.ConnectReport;
import io.mintmark.simulators.GeneratorCost;
import io.mintmark.simulators.GeneratorOptions;
import io.mintmark.simulators.MeasuredReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "generator",
    description = "What the simulator itself costs: devices of engine swarm connect and publish as"
        + " fast as they can, on the processors that are not the broker's. Tells the processor time"
        + " for each connection and each message. Exits 0 only if nothing failed.",
    mixinStandardHelpOptions = true)
final class BenchmarkGeneratorCommand extends BrokerBenchmarkCommand<GeneratorOptions> {

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "2000",
      description = "How many devices there are (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "64",
      description = "How many connect at a time, or have a message under way"
          + " (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--warmup",
      paramLabel = "DURATION",
      defaultValue = "15s",
      converter = DurationOption.class,
      description = "How long each is done before, unmeasured (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(
      names = "--time",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "How long each is measured (default: ${DEFAULT-VALUE}).")
  private Duration time;

  @Option(
      names = "--payload",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "The payload of each message (default: ${DEFAULT-VALUE}).")
  private int payload;

  @Option(
      names = "--brokers",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "fast,mosquitto",
      description = "At which brokers (default: ${DEFAULT-VALUE}).")
  private List<String> brokers;

  @Override
  Cores cores() throws IOException, InterruptedException {
    return Cores.split();
  }

  @Option(
      names = "--broker-warm-up",
      paramLabel = "DURATION|off",
      defaultValue = "20s",
      converter = DurationOrOff.class,
      description =
          "How long our broker practises before its port opens: what it compiles meanwhile is"
              + " no time of the generator (default: ${DEFAULT-VALUE}).")
  private Duration brokerWarmUp;

  @Override
  Duration brokerWarmUp() {
    return brokerWarmUp;
  }

  @Override
  GeneratorOptions options(Path factory) {
    return new GeneratorOptions(
        devices, concurrency, warmup, time, payload, factory.resolveSibling("generator"));
  }

  @Override
  MeasuredReport measure(Setting setting, GeneratorOptions options) throws Exception {
    List<BrokerChoice> choices = new ArrayList<>();
    for (String label : brokers) {
      choices.add(
          switch (label) {
            case ConnectReport.FAST -> setting.brokers().fast();
            case ConnectReport.STOCK -> setting.brokers().stock();
            case ConnectReport.MOSQUITTO -> setting.brokers().mosquitto();
            default ->
              throw new CommandFailure(
                  CommandFailure.UNUSABLE,
                  "--brokers '" + label + "' is not known: use fast, stock or mosquitto");
          });
    }
    return new GeneratorCost(
            broker -> new BrokeredService(
                setting.service(), broker.address().getPort(), Clock.systemUTC()),
            choices,
            options,
            setting.progress())
        .run();
  }
}
