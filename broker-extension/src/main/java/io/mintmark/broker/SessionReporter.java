package io.mintmark.broker;

import io.mintmark.identity.SessionReport;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service who connected and left: each second what happened, or as soon as there is
 * enough of it, and a sign of life every 30 s. While the service is away what happens is kept, as far as
 * it fits ({@value #MOST}); then it is told, and a list of all connections that are live puts right
 * what is missing. HiveMQ's threads only ever leave something here; telling has a thread of its own.
 */
final class SessionReporter implements SessionObserver, AutoCloseable {

  /** Where reports go. */
  @FunctionalInterface
  interface Service {
    /**
     * Takes a report.
     *
     * @param timeout how long the service may take
     * @throws IOException if it was not reached, or refused
     */
    SessionReport.Answer report(SessionReport report, Duration timeout) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(SessionReporter.class);

  /** Some 20 MB at the worst; two for each of 25,000 devices that come back at once. */
  static final int MOST = 50_000;

  /** Of JSON: the service takes 64 KiB unless it was told to take less. */
  private static final int LARGEST = 56 * 1024;

  private static final int SMALLEST = 4 * 1024;
  private static final int ENOUGH = 200;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  /** How often things are told. */
  record Pace(Duration each, Duration signOfLife) {
    static final Pace ORDINARY = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(30));
  }

  private final LiveSessions sessions;
  private final Service service;
  private final Pace pace;
  private final UntoldOccurrences untold;
  private final ShownAgain refused = new ShownAgain();
  private final String run = newRun();
  private final Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, new Random());
  private final Thread thread;

  // The rest is the thread's.
  private long sequence;
  private boolean listWanted;
  private PrimitiveIterator.OfLong toList;
  private long listing;
  private Long answeredNanos;
  private String lastFault;
  private int largest = LARGEST;

  SessionReporter(LiveSessions sessions, Service service) {
    this(sessions, service, Pace.ORDINARY, MOST);
  }

  SessionReporter(LiveSessions sessions, Service service, Pace pace, int most) {
    this.sessions = sessions;
    this.service = service;
    this.pace = pace;
    this.untold = new UntoldOccurrences(most, ENOUGH);
    this.thread = new Thread(this::run, "mintmark-sessions");
    this.thread.setDaemon(true);
  }

  private static String newRun() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  void start() {
    thread.start();
  }

  /** How many occurrences the service has yet to be told. */
  int waiting() {
    return untold.size();
  }

  @Override
  public void admitted(LiveSession session) {
    untold.add(Occurrence.live(session));
  }

  @Override
  public void ended(LiveSession session) {
    untold.add(Occurrence.ended(session, sessions.newest(session.clientId())));
  }

  @Override
  public void refused(RefusedConnect connect) {
    if (refused.isWorthTelling(connect, System.nanoTime())) {
      untold.add(Occurrence.refused(connect));
    }
  }

  private void run() {
    try {
      while (!untold.isClosed()) {
        Part part = next();
        if (part == null) {
          untold.await(pace.each().toMillis());
        } else if (!tell(part)) {
          return;
        } else if (untold.size() < ENOUGH && toList == null) {
          // Who sends each event at once sends many small reports.
          untold.await(pace.each().toMillis());
        }
      }
      sayGoodbye();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a report will be made of, at each attempt anew. */
  private record Part(List<Occurrence> occurrences, Long listing, boolean last) {}

  /** What is to be told now; null if there is nothing. */
  private Part next() {
    listWanted |= untold.takeLost();
    if (toList == null && listWanted) {
      listWanted = false;
      toList = sessions.all().stream().mapToLong(LiveSession::number).iterator();
      listing = sequence + 1;
    }
    if (toList != null) {
      return nextOfList();
    }
    List<Occurrence> happened = untold.take(SessionReport.MOST_EVENTS, largest);
    boolean due = answeredNanos == null
        || System.nanoTime() - answeredNanos >= pace.signOfLife().toNanos();
    return happened.isEmpty() && !due ? null : new Part(happened, null, false);
  }

  private Part nextOfList() {
    List<Occurrence> live = new ArrayList<>();
    int chars = 0;
    while (toList.hasNext() && live.size() < SessionReport.MOST_EVENTS && chars < largest) {
      // By number, as it may have ended while the list was being told.
      LiveSession session = sessions.get(toList.nextLong());
      if (session != null && sessions.newest(session.clientId()) == session) {
        Occurrence occurrence = Occurrence.live(session);
        chars += occurrence.length();
        live.add(occurrence);
      }
    }
    boolean last = !toList.hasNext();
    if (last) {
      toList = null;
    }
    return new Part(live, listing, last);
  }

  /**
   * Tells it, however long that takes.
   *
   * @return false if this was closed before it was told
   */
  private boolean tell(Part part) throws InterruptedException {
    sequence++;
    while (true) {
      try {
        answered(service.report(report(part), TIMEOUT));
        return true;
      } catch (IOException | RuntimeException e) {
        if (untold.isClosed()) {
          return false;
        }
        failed(e);
        if (e instanceof UselessReportException) {
          // The next answer will ask for a list, and a shorter report may do.
          largest = Math.max(largest / 2, SMALLEST);
          untold.pause(LONGEST_RETRY.toMillis());
          return true;
        }
        untold.pause(backoff.next().toMillis());
        if (untold.isClosed()) {
          return false;
        }
      }
    }
  }

  private SessionReport report(Part part) {
    long now = System.nanoTime();
    return new SessionReport(
        run,
        sequence,
        part.occurrences().stream().map(o -> o.event(now)).toList(),
        part.listing(),
        part.last());
  }

  private void answered(SessionReport.Answer answer) {
    answeredNanos = System.nanoTime();
    listWanted |= answer.list();
    backoff.reset();
    if (lastFault != null) {
      log.info("sessions are reported again");
      lastFault = null;
      // Whatever became of the service meanwhile.
      listWanted = true;
    }
  }

  /** Once per fault, not once per attempt. */
  private void failed(Exception fault) {
    String text = fault.toString();
    if (text.equals(lastFault)) {
      log.debug("sessions are still not reported: {}", text);
    } else if (fault instanceof IOException) {
      log.warn("sessions are not reported, they are kept in memory: {}", text);
    } else {
      log.error("sessions are not reported, trying on", fault);
    }
    lastFault = text;
  }

  /** That nobody is here any more, if that can be said at once. */
  private void sayGoodbye() {
    if (lastFault == null && toList == null && answeredNanos != null) {
      sequence++;
      try {
        service.report(
            new SessionReport(run, sequence, List.of(), sequence, true), GOODBYE_TIMEOUT);
      } catch (IOException | RuntimeException e) {
        log.debug("the service was not told that this broker stops: {}", e.toString());
      }
    }
  }

  /** Nothing is told after this returns, unless the service keeps its answer back for seconds. */
  @Override
  public void close() {
    untold.close();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
