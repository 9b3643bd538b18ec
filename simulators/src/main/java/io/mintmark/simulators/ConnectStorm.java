package io.mintmark.simulators;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All devices come back at once, as after an outage: the measurement of {@code mintmark benchmark
 * connect}. Each connection is a full TLS 1.3 handshake with the device's own certificate and a
 * CONNECT that is admitted. Each broker is measured right after its start and again when it is warm,
 * then in short phases by turns, so that whatever else the machine does falls on all of them.
 *
 * <p>A closed loop: so many connect at a time, and the next begins when one is in. The rate is what
 * the broker can do with what it runs on, as long as the generator has time left.
 */
public final class ConnectStorm {

  private static final int PHASES = 4;

  private final EnrolmentService service;
  private final List<? extends BrokerChoice> choices;
  private final ConnectStormOptions options;
  private final Progress progress;

  /**
   * A storm; nothing happens yet.
   *
   * @param service where the devices get their certificates
   * @param choices brokers that admit its devices; started last first, so that the generator is warm
   *     when the first one is cold
   */
  public ConnectStorm(
      EnrolmentService service,
      List<? extends BrokerChoice> choices,
      ConnectStormOptions options,
      Progress progress) {
    this.service = service;
    this.choices = List.copyOf(choices);
    this.options = options;
    this.progress = progress;
  }

  /** One broker, and what came of it. */
  private static final class Measured {
    private final BrokerChoice choice;
    private final MeasuredBroker broker;
    private final ConnectTally cold = new ConnectTally();
    private final ConnectTally warm = new ConnectTally();

    Measured(BrokerChoice choice) throws IOException {
      this.choice = choice;
      this.broker = choice.start();
    }

    ConnectReport.Result result() {
      return new ConnectReport.Result(
          choice.label(),
          broker.facts(),
          broker.startedIn().toMillis() / 1e3,
          cold.figures(),
          warm.figures());
    }
  }

  /**
   * Enrols the devices, starts the brokers, lets the devices connect and measures.
   *
   * @throws IOException if devices cannot enrol or a broker does not start; connections that fail are
   *     in the report
   */
  public ConnectReport run() throws IOException, InterruptedException {
    progress.step("Enrolling " + options.devices() + " devices");
    ConnectLoad load = new ConnectLoad(
        LoadFleet.enrol(service, options.folder(), options.devices()),
        options.concurrency(),
        progress);
    Map<String, String> missing = new HashMap<>();
    List<Measured> measured = new ArrayList<>();
    List<BrokerChoice> order = new ArrayList<>(choices);
    Collections.reverse(order);
    for (BrokerChoice choice : order) {
      if (choice.missing() == null) {
        measured.add(0, cold(choice, load));
      } else {
        missing.put(choice.label(), choice.missing());
      }
    }
    progress.step("Measuring each for " + options.warm().toSeconds() + " s, by turns");
    for (int n = 0; n < PHASES; n++) {
      for (Measured each : measured) {
        phase(load, each.broker, options.warm().dividedBy(PHASES), each.warm);
      }
    }
    return new ConnectReport(
        Clock.systemUTC().instant(),
        options.concurrency(),
        options.devices(),
        options.cold().toSeconds(),
        Environment.current(),
        measured.stream().map(Measured::result).toList(),
        missing);
  }

  private Measured cold(BrokerChoice choice, ConnectLoad load) throws IOException {
    progress.step("Starting " + choice.label() + ", measuring it cold and warming it up");
    Measured started = new Measured(choice);
    phase(load, started.broker, options.cold(), started.cold);
    if (started.broker.getsWarm() && !options.warmup().isZero()) {
      phase(load, started.broker, options.warmup(), new ConnectTally());
    }
    return started;
  }

  private static void phase(
      ConnectLoad load, MeasuredBroker broker, Duration time, ConnectTally tally)
      throws IOException {
    Duration brokerBefore = broker.cpuTime();
    Duration ownBefore = ProcessCpu.of(ProcessHandle.current());
    load.run(broker.address(), time, tally);
    tally.used(
        broker.cpuTime().minus(brokerBefore),
        ProcessCpu.of(ProcessHandle.current()).minus(ownBefore));
  }
}
