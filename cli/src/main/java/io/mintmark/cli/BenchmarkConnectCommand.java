package io.mintmark.cli;

import io.mintmark.simulators.BrokerChoice;
import io.mintmark.simulators.ConnectReport;
import io.mintmark.simulators.ConnectStorm;
import io.mintmark.simulators.ConnectStormOptions;
import io.mintmark.simulators.MeasuredReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "connect",
    description = "All devices come back at once: each connection is a full TLS 1.3 handshake with"
        + " the device's certificate and a CONNECT that is admitted. Three temporary brokers on one"
        + " core each, one after another: with the fast crypto provider, with the JDK's, and"
        + " Mosquitto where it is installed; cold and warm. Exits 0 only if every connection was"
        + " admitted.",
    mixinStandardHelpOptions = true)
final class BenchmarkConnectCommand extends BrokerBenchmarkCommand<ConnectStormOptions> {

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "3000",
      description = "How many devices connect, in turn (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "32",
      description = "How many connect at a time (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--cold",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "How long each broker is measured right after its port has opened"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration cold;

  @Option(
      names = "--warmup",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = DurationOption.class,
      description = "How long it is then loaded, unmeasured (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(
      names = "--warm",
      paramLabel = "DURATION",
      defaultValue = "20s",
      converter = DurationOption.class,
      description = "How long it is measured after that (default: ${DEFAULT-VALUE}).")
  private Duration warm;

  @Option(
      names = "--brokers",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "fast,stock,mosquitto",
      description = "Which brokers are measured (default: ${DEFAULT-VALUE}).")
  private List<String> brokers;

  @Option(
      names = "--broker-warm-up",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationOrOff.class,
      description = "What our brokers are given as --warm-up (default: ${DEFAULT-VALUE}).")
  private Duration brokerWarmUp;

  @Override
  Cores cores() throws IOException, InterruptedException {
    return Cores.split();
  }

  @Override
  Duration brokerWarmUp() {
    return brokerWarmUp;
  }

  @Override
  ConnectStormOptions options(Path factory) {
    return new ConnectStormOptions(devices, concurrency, cold, warmup, warm, factory);
  }

  @Override
  MeasuredReport measure(Setting setting, ConnectStormOptions options) throws Exception {
    return new ConnectStorm(
            setting.service(), choices(setting.brokers()), options, setting.progress())
        .run();
  }

  private List<BrokerChoice> choices(MeasuredBrokers available) throws CommandFailure {
    List<BrokerChoice> choices = new ArrayList<>();
    for (String label : brokers) {
      // The storm starts the last first, and this one goes by the configuration of ours.
      int at = label.equals(ConnectReport.ALLOW_ALL) ? 0 : choices.size();
      choices.add(
          at,
          switch (label) {
            case ConnectReport.FAST -> available.fast();
            case ConnectReport.STOCK -> available.stock();
            case ConnectReport.MOSQUITTO -> available.mosquitto();
            case ConnectReport.ALLOW_ALL -> available.allowAll();
            default ->
              throw new CommandFailure(
                  CommandFailure.UNUSABLE,
                  "--brokers '" + label
                      + "' is not known: use fast, stock, mosquitto or allow-all");
          });
    }
    return choices;
  }
}
