package io.mintmark.cli;

import io.mintmark.simulators.IdleLoad;
import io.mintmark.simulators.IdleOptions;
import io.mintmark.simulators.MeasuredReport;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "idle",
    description = "What an idle session takes of the broker's heap: many devices connect to a"
        + " temporary broker and then to the same HiveMQ without Mintmark's extension, and say"
        + " nothing more. Exits 0 only if all sessions stayed and the extension adds less than 2 KiB"
        + " each.",
    mixinStandardHelpOptions = true)
final class BenchmarkIdleCommand extends BrokerBenchmarkCommand<IdleOptions> {

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many devices are connected (default: ${DEFAULT-VALUE}).")
  private int sessions;

  @Override
  IdleOptions options(Path factory) {
    return new IdleOptions(sessions, factory);
  }

  @Override
  MeasuredReport measure(Setting setting, IdleOptions options) throws Exception {
    return new IdleLoad(
            setting.service(),
            List.of(setting.brokers().fast(), setting.brokers().allowAll()),
            options,
            setting.progress())
        .run();
  }
}
