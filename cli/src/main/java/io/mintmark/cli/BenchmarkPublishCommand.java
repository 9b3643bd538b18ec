package io.mintmark.cli;

import io.mintmark.simulators.MeasuredReport;
import io.mintmark.simulators.PublishLoad;
import io.mintmark.simulators.PublishOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "publish",
    description = "How many messages the broker delivers: devices publish over mutual TLS, as fast"
        + " as applications receive, at a temporary broker and at the same HiveMQ with an extension"
        + " that admits everybody, by turns. Only what was delivered counts. Exits 0 only if nothing"
        + " was lost and our broker delivers at least 97 %% of the other's, with QoS 0 and 1.",
    mixinStandardHelpOptions = true)
final class BenchmarkPublishCommand extends BrokerBenchmarkCommand<PublishOptions> {

  @Option(
      names = "--publishers",
      paramLabel = "N",
      defaultValue = "40",
      description = "How many devices publish (default: ${DEFAULT-VALUE}).")
  private int publishers;

  @Option(
      names = "--subscribers",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many applications receive (default: ${DEFAULT-VALUE}).")
  private int subscribers;

  @Option(
      names = "--payload",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "The payload of each message (default: ${DEFAULT-VALUE}).")
  private int payload;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "8",
      description = "How often each broker is measured with each QoS (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--round",
      paramLabel = "DURATION",
      defaultValue = "2s",
      converter = DurationOption.class,
      description = "How long each time (default: ${DEFAULT-VALUE}).")
  private Duration round;

  @Option(
      names = "--warmup",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "How long each broker is loaded with each QoS before, unmeasured"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Override
  PublishOptions options(Path factory) {
    return new PublishOptions(publishers, subscribers, payload, rounds, round, warmup, factory);
  }

  @Override
  MeasuredReport measure(Setting setting, PublishOptions options) throws Exception {
    return new PublishLoad(
            setting.service(),
            List.of(setting.brokers().fast(), setting.brokers().allowAll()),
            options,
            setting.progress())
        .run();
  }
}
