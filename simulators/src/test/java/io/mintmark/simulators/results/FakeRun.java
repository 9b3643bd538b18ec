package io.mintmark.simulators.results;

import io.mintmark.simulators.Environment;
import io.mintmark.simulators.fleet.DeviceState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A run on a clock of its own. */
final class FakeRun {

  static final Environment ENVIRONMENT = new Environment(
      "17.0.15",
      "OpenJDK 64-Bit Server VM",
      "Linux 6.1",
      "amd64",
      "A Processor @ 2.60GHz",
      2,
      4_096,
      16_384,
      "AmazonCorrettoCryptoProvider");

  private static final double NANOS = 1e9;
  private final Recording recording;
  private long now = 1_000_000_000_000L;
  private Duration cpu = Duration.ofSeconds(5);
  private Duration targetCpu = Duration.ofSeconds(50);

  FakeRun(Path raw) throws IOException {
    this(run("connect"), raw);
  }

  FakeRun(Run run, Path raw) throws IOException {
    recording = new Recording(
        run,
        raw,
        Clock.fixed(Instant.parse("2026-11-22T01:00:00Z"), ZoneOffset.UTC),
        () -> now,
        () -> cpu);
  }

  static Run run(String scenario) {
    return new Run(
        scenario,
        "name: " + scenario + "\nsteps:\n  - connect: {rate: 100}\n",
        "mintmark simulate " + scenario + " --devices 1000",
        "own, temporary",
        "swarm",
        1_000,
        "0.1.0",
        ENVIRONMENT);
  }

  Recording recording() {
    return recording;
  }

  /** An operation that ends now. */
  void done(String operation, double millis) {
    recording.done(operation, now - Math.round(millis * 1e6), now);
  }

  void pass(double seconds) {
    now += Math.round(seconds * NANOS);
  }

  /** A second goes by, of which the generator computes so much, and the installation half as much. */
  Live second(double busy, int connected, int connecting) {
    pass(1);
    return sample(busy, connected, connecting);
  }

  Live sample(double busy, int connected, int connecting) {
    cpu = cpu.plusNanos(Math.round(busy * NANOS));
    targetCpu = targetCpu.plusNanos(Math.round(busy / 2 * NANOS));
    Map<DeviceState, Integer> states = new EnumMap<>(DeviceState.class);
    states.put(DeviceState.CONNECTED, connected);
    states.put(DeviceState.CONNECTING, connecting);
    return recording.sample(states, targetCpu);
  }

  Results finish(String... expectations) {
    return recording.finish(
        List.of(expectations).stream().map(Expectation::parse).toList(), false);
  }
}
