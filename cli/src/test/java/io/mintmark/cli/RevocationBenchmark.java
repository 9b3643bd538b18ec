package io.mintmark.cli;

import com.sun.management.OperatingSystemMXBean;
import io.mintmark.device.DeviceClient;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes to revoke a large fleet by one command, and until the broker has cut the device
 * that comes last. Not a test: run it by hand on a quiet machine. Service, broker and command are
 * this one process.
 *
 * <pre>{@code java -cp ... io.mintmark.cli.RevocationBenchmark [devices]}</pre>
 */
public final class RevocationBenchmark {

  private static final FleetId FLEET = new FleetId("sensors");

  private RevocationBenchmark() {}

  public static void main(String[] args) throws Exception {
    int devices = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    Path folder = Files.createTempDirectory("revocation-benchmark");
    Factory factory = Factory.open(folder.resolve("factory"), FactoryOptions.of(FLEET));
    DeviceId last = factory.make("last", 1).get(0);
    try (LocalInstallation installation = LocalInstallation.start(folder)) {
      installation.applyFleet(factory.fleetFile());
      installation.importManifest(FLEET, factory.manifest());
      try (SeededFleet registry = new SeededFleet(folder.resolve("data"))) {
        registry.add(FLEET.value(), devices - 1);
      }
      try (DeviceClient client = DeviceClient.builder()
          .service(installation.service())
          .fleet(FLEET)
          .broker(installation.brokerHost(), installation.brokerPort())
          .bootstrap(factory.credential(last))
          .trust(installation.trust())
          .folder(folder.resolve("device"))
          .build()) {
        client.start();
        String data = folder.resolve("data").toString();
        String fleet = FLEET.value();
        measured("suspend", client, false, "fleet", "suspend", fleet, "--data", data);
        measured("release", client, true, "fleet", "release", fleet, "--data", data);
        measured("revoke", client, false, "fleet", "revoke", fleet, "--data", data);
      }
    }
    System.exit(0);
  }

  private static void measured(
      String what, DeviceClient client, boolean connected, String... command) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    CompletableFuture<Double> seen = CompletableFuture.supplyAsync(() -> {
      while (client.isConnected() != connected) {
        LockSupport.parkNanos(1_000_000);
      }
      return (System.nanoTime() - start) / 1e9;
    });
    Launcher.Result result = Verbs.mintmark(command);
    double told = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s: command %.2f s, the last device %s after %.2f s, CPU %.2f s%n%s",
        what,
        told,
        connected ? "connected" : "cut",
        connected ? Double.NaN : seen.get(),
        (system.getProcessCpuTime() - cpu) / 1e9,
        result.all());
    if (connected) {
      seen.get();
    }
  }
}
