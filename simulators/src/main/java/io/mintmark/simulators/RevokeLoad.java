package io.mintmark.simulators;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The measurement of {@code mintmark benchmark revoke}: many devices are connected, an operator revokes
 * some of them at a steady pace, and each client notes when its connection ends. Open loop: a
 * request that is sent late counts from when it was due.
 */
public final class RevokeLoad {

  private static final int OPERATORS = 8;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LONGEST_BULK_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long POLL_MILLIS = 20;
  private static final int TURN_MILLIS = 20;

  /** How long those who stay are watched after the last cut. */
  private static final long AFTERMATH_MILLIS = 1_000;

  private final CutInstallation installation;
  private final RevokeOptions options;
  private final Progress progress;
  private final Clock clock = Clock.systemUTC();
  private final Map<String, Long> failures = new TreeMap<>();

  /** A load; nothing happens yet. */
  public RevokeLoad(CutInstallation installation, RevokeOptions options, Progress progress) {
    this.installation = installation;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if the devices cannot enrol or connect; requests of the operator that fail
   *     are in the report
   */
  public RevokeReport run() throws IOException, InterruptedException {
    progress.step("Enrolling " + options.sessions() + " devices");
    List<LoadDevice> fleet = LoadFleet.enrol(installation, options.folder(), options.sessions());
    InetSocketAddress broker = installation.address();
    progress.step("Connecting " + fleet.size() + " sessions");
    try (LoadLoop loop = new LoadLoop()) {
      List<WatchedSession> sessions = WatchedSession.connect(loop, broker, fleet, progress);
      requireAllOpen(sessions);
      return measure(loop, broker, sessions);
    }
  }

  private static void requireAllOpen(List<WatchedSession> sessions) throws IOException {
    for (WatchedSession each : sessions) {
      if (!each.isOpen()) {
        throw new IOException("device " + each.id() + " cannot connect: " + each.refusal());
      }
    }
  }

  private RevokeReport measure(
      LoadLoop loop, InetSocketAddress broker, List<WatchedSession> sessions)
      throws IOException, InterruptedException {
    List<WatchedSession> revoked = new ArrayList<>();
    for (int i = 0; i < options.revocations(); i++) {
      // From all over the fleet, whatever the broker's order.
      revoked.add(sessions.get((int) ((long) i * sessions.size() / options.revocations())));
    }
    List<WatchedSession> others = new ArrayList<>(sessions);
    others.removeAll(revoked);
    progress.step("Revoking " + revoked.size() + " devices, " + options.perSecond() + " a second");
    whileTurning(loop, () -> {
      revokeEach(revoked);
      await(revoked, LONGEST_NANOS);
      Thread.sleep(AFTERMATH_MILLIS);
    });
    int cutToo = (int) others.stream().filter(s -> !s.isOpen()).count();
    progress.step("Having those come back");
    List<LoadDevice> again = revoked.stream().map(WatchedSession::device).toList();
    int cameBack = (int) WatchedSession.connect(loop, broker, again, progress).stream()
        .filter(WatchedSession::isOpen)
        .count();
    RevokeReport.Bulk bulk = others.isEmpty() ? null : revokeRest(loop, others);
    BrokerCuts cuts = BrokerCuts.of(installation.brokerLog());
    return new RevokeReport(
        clock.instant(),
        sessions.size(),
        revoked.size(),
        options.perSecond(),
        Environment.current(),
        WatchedSession.latency(revoked, WatchedSession::answered),
        WatchedSession.latency(revoked, s -> cuts.powerless(s.id(), s.due())),
        WatchedSession.latency(revoked, WatchedSession::ended),
        (int) revoked.stream().filter(WatchedSession::isOpen).count(),
        cutToo,
        cameBack,
        failures(),
        bulk);
  }

  private void revokeEach(List<WatchedSession> revoked) throws InterruptedException {
    Pacer pacer = new Pacer(options.perSecond());
    ExecutorService operators = Executors.newFixedThreadPool(OPERATORS);
    try {
      long begun = System.nanoTime();
      for (int i = 0; i < revoked.size(); i++) {
        long due = begun + pacer.due(i).toNanos();
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        WatchedSession session = revoked.get(i);
        session.due(due, Micros.now(clock) - (System.nanoTime() - due) / 1_000);
        operators.execute(() -> revoke(session));
      }
    } finally {
      operators.shutdown();
      operators.awaitTermination(LONGEST_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void revoke(WatchedSession session) {
    try {
      installation.revoke(session.id());
      session.answer(System.nanoTime());
    } catch (IOException e) {
      failed(e);
    }
  }

  private RevokeReport.Bulk revokeRest(LoadLoop loop, List<WatchedSession> others)
      throws IOException, InterruptedException {
    progress.step("Revoking the other " + others.size() + " by one command");
    long begun = System.nanoTime();
    long begunMicros = Micros.now(clock);
    others.forEach(s -> s.due(begun, begunMicros));
    AtomicLong answered = new AtomicLong();
    whileTurning(loop, () -> {
      installation.revokeFleet(LoadFleet.ID);
      answered.set(System.nanoTime() - begun);
      await(others, LONGEST_BULK_NANOS);
    });
    return new RevokeReport.Bulk(
        others.size(),
        answered.get() / 1e6,
        WatchedSession.latency(others, WatchedSession::ended),
        (int) others.stream().filter(WatchedSession::isOpen).count());
  }

  /** Until all have ended, or it takes too long. */
  private static void await(List<WatchedSession> sessions, long longestNanos)
      throws InterruptedException {
    long begun = System.nanoTime();
    while (sessions.stream().anyMatch(WatchedSession::isOpen)
        && System.nanoTime() - begun < longestNanos) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** What is done while the sessions' loop goes on in a thread of its own. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static void whileTurning(LoadLoop loop, Step step)
      throws IOException, InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    FutureTask<Void> turning = new FutureTask<>(() -> {
      while (!over.get()) {
        loop.turn(TURN_MILLIS);
      }
      return null;
    });
    new Thread(turning, "sessions").start();
    try {
      step.run();
    } finally {
      over.set(true);
      end(turning);
    }
  }

  private static void end(FutureTask<Void> turning) throws IOException, InterruptedException {
    try {
      turning.get();
    } catch (ExecutionException e) {
      throw new IOException("the generator failed, not the broker: " + e.getCause(), e);
    }
  }

  private synchronized void failed(IOException why) {
    failures.merge(String.valueOf(why.getMessage()), 1L, Long::sum);
  }

  private synchronized Map<String, Long> failures() {
    return Map.copyOf(failures);
  }
}
