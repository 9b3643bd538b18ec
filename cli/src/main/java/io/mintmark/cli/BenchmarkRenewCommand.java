package io.mintmark.cli;

import io.mintmark.simulators.MeasuredReport;
import io.mintmark.simulators.RenewLoad;
import io.mintmark.simulators.RenewOptions;
import java.nio.file.Path;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "renew",
    description =
        "Renewals under traffic: devices on the SDK renew over EST at a temporary service,"
            + " one after the other, and move their connections to the new certificate, while telemetry"
            + " goes up and commands come down with QoS 1. Exits 0 only if every renewal came through,"
            + " no message was lost, every session was kept, and no device was without a connection for"
            + " more than 200 ms.",
    mixinStandardHelpOptions = true)
final class BenchmarkRenewCommand extends BrokerBenchmarkCommand<RenewOptions> {

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How many devices are connected, and renew in turn" + " (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--renewals",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many renewals, of all devices together (default: ${DEFAULT-VALUE}).")
  private int renewals;

  @Option(
      names = "--renewal-rate",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many of them a second, at most (default: ${DEFAULT-VALUE}).")
  private double renewalRate;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "400",
      description = "Messages of telemetry a second, of all devices together; half as many commands"
          + " go the other way (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Override
  String devicesCrypto() {
    return CryptoProvider.none();
  }

  @Override
  RenewOptions options(Path folder) {
    return new RenewOptions(devices, renewals, renewalRate, rate, folder);
  }

  @Override
  MeasuredReport measure(Setting setting, RenewOptions options) throws Exception {
    setting.progress().step("Starting a broker");
    BrokeredService site = new BrokeredService(
        setting.service(), setting.brokers().fast().start().address().getPort(), Clock.systemUTC());
    return new RenewLoad(site, site, options, setting.progress()).run();
  }
}
