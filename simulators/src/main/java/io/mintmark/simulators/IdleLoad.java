package io.mintmark.simulators;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The measurement of {@code mintmark benchmark idle}: as many sessions as asked for connect to one broker
 * after another and say nothing more, and what they take of its heap is counted object by object.
 */
public final class IdleLoad {

  /**
   * Connect and leave before anything is counted: what the first cause to be made stays, as the JDK's
   * cache of some hundred certificates.
   */
  private static final int FIRST = 1_000;

  private static final long SETTLE_MILLIS = 1_000;

  private static final LoadSession.Listener NOBODY = new LoadSession.Listener() {};

  private final EnrolmentService service;
  private final List<? extends BrokerChoice> choices;
  private final IdleOptions options;
  private final Progress progress;

  /**
   * A load; nothing happens yet.
   *
   * @param choices brokers, JVMs all, in the order they are measured in
   */
  public IdleLoad(
      EnrolmentService service,
      List<? extends BrokerChoice> choices,
      IdleOptions options,
      Progress progress) {
    this.service = service;
    this.choices = List.copyOf(choices);
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if devices cannot enrol, or a broker does not start or cannot be looked into
   */
  public IdleReport run() throws IOException, InterruptedException {
    progress.step("Enrolling " + options.sessions() + " devices");
    List<LoadDevice> devices = LoadFleet.enrol(service, options.folder(), options.sessions());
    List<IdleReport.Result> results = new ArrayList<>();
    for (BrokerChoice choice : choices) {
      results.add(measure(choice, devices));
    }
    return new IdleReport(
        Clock.systemUTC().instant(), options.sessions(), Environment.current(), results);
  }

  private IdleReport.Result measure(BrokerChoice choice, List<LoadDevice> devices)
      throws IOException, InterruptedException {
    progress.step("Starting " + choice.label());
    MeasuredBroker broker = choice.start();
    try (LoadLoop loop = new LoadLoop()) {
      connect(loop, broker, devices.subList(0, Math.min(FIRST, devices.size())));
    }
    LiveHeap before = settled(broker);
    try (LoadLoop loop = new LoadLoop()) {
      progress.step("Connecting " + devices.size() + " sessions to " + choice.label());
      List<LoadSession> sessions = connect(loop, broker, devices);
      LiveHeap after = settled(broker);
      // Who was cut meanwhile is heard of now.
      loop.turn(1);
      return IdleReport.Result.of(
          choice.label(), broker.facts(), before, after, devices.size(), (int)
              sessions.stream().filter(LoadSession::isOpen).count());
    }
  }

  private List<LoadSession> connect(LoadLoop loop, MeasuredBroker broker, List<LoadDevice> devices)
      throws IOException {
    List<LoadSession> sessions =
        devices.stream().map(device -> new LoadSession(device, NOBODY)).toList();
    LoadSession.connect(loop, broker.address(), sessions, progress);
    return sessions;
  }

  private static LiveHeap settled(MeasuredBroker broker) throws IOException, InterruptedException {
    Thread.sleep(SETTLE_MILLIS);
    return LiveHeap.of(broker.process());
  }
}
