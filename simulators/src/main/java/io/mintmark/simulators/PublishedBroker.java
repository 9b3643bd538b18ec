package io.mintmark.simulators;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A broker with all its publishers and subscribers connected. Not thread-safe. */
final class PublishedBroker implements AutoCloseable {

  private static final int TURN_MILLIS = 10;
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final String label;
  private final MeasuredBroker broker;
  private final List<PublishGroup> groups;
  private final LoadLoop loop = new LoadLoop();
  private final Map<Integer, List<PublishReport.Round>> rounds = new TreeMap<>();

  /**
   * Connects all.
   *
   * @throws IOException if one is not let in
   */
  PublishedBroker(BrokerChoice choice, List<PublishGroup> groups, Progress progress)
      throws IOException {
    this.label = choice.label();
    this.broker = choice.start();
    this.groups = groups;
    List<LoadSession> sessions = new ArrayList<>();
    groups.forEach(g -> sessions.add(g.subscriber()));
    groups.forEach(g -> sessions.addAll(g.publishers()));
    LoadSession.connect(loop, broker.address(), sessions, progress);
    for (LoadSession session : sessions) {
      if (!session.isOpen()) {
        throw new IOException(
            label + " does not let " + session.device().clientId() + " in: " + session.refusal());
      }
    }
  }

  String label() {
    return label;
  }

  /** Publishes for so long and keeps what came of it. */
  void measure(int qos, Duration time) throws IOException {
    rounds.computeIfAbsent(qos, q -> new ArrayList<>()).add(publish(qos, time));
  }

  /** Publishes for so long; what comes in after that is waited for, but does not count. */
  PublishReport.Round publish(int qos, Duration time) throws IOException {
    Duration cpu = broker.cpuTime();
    Duration own = ProcessCpu.of(ProcessHandle.current());
    long before = delivered();
    groups.forEach(g -> g.start(qos));
    long begun = System.nanoTime();
    do {
      groups.forEach(PublishGroup::refill);
      loop.turn(TURN_MILLIS);
    } while (System.nanoTime() - begun < time.toNanos());
    double seconds = (System.nanoTime() - begun) / 1e9;
    long count = delivered() - before;
    double cpuSeconds = broker.cpuTime().minus(cpu).toNanos() / 1e9;
    double ownSeconds = ProcessCpu.of(ProcessHandle.current()).minus(own).toNanos() / 1e9;
    groups.forEach(PublishGroup::stop);
    long lost = drain();
    if (groups.stream().anyMatch(PublishGroup::isBroken)) {
      throw new IOException(label + " has ended a session while messages were published");
    }
    return new PublishReport.Round(
        count, lost, seconds, cpuSeconds / seconds, ownSeconds / seconds);
  }

  /** Waits for what is on the way; how much never came. */
  private long drain() throws IOException {
    long news = System.nanoTime();
    while (groups.stream().anyMatch(g -> g.onTheWay() > 0)
        && System.nanoTime() - news < LATE_NANOS) {
      long before = delivered();
      loop.turn(TURN_MILLIS);
      if (delivered() > before) {
        news = System.nanoTime();
      }
    }
    return groups.stream().mapToLong(PublishGroup::giveUp).sum();
  }

  private long delivered() {
    return groups.stream().mapToLong(PublishGroup::delivered).sum();
  }

  PublishReport.Result result() {
    return new PublishReport.Result(label, broker.facts(), rounds);
  }

  @Override
  public void close() throws IOException {
    loop.close();
  }
}
