package io.mintmark.simulators.attack;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.results.Recorder;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Plays hostile moves against an installation, side by side, each by an intruder of its own. For one
 * thread, once.
 */
public final class Attack {

  /** What recorders know it by. */
  static final String OPERATION = "attack";

  /** As long as a session that should be cut may take to be. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int LANES = 8;

  private final Target target;
  private final Path folder;
  private final List<HostileMove> moves;
  private final Duration patience;
  private final Clock clock;
  private final Recorder recorder;
  private final Progress progress;
  private final Map<String, AttackReport.Row> rows = new LinkedHashMap<>();

  /**
   * @param folder for factories and devices of this run
   * @param moves what to play
   */
  public Attack(
      Target target, Path folder, List<HostileMove> moves, Recorder recorder, Progress progress) {
    this(target, folder, moves, recorder, progress, PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience how long to wait for what should be over soon
   */
  Attack(
      Target target,
      Path folder,
      List<HostileMove> moves,
      Recorder recorder,
      Progress progress,
      Duration patience) {
    this.target = target;
    this.folder = folder;
    this.moves = List.copyOf(moves);
    this.recorder = recorder;
    this.progress = progress;
    this.patience = patience;
    this.clock = Clock.systemUTC();
  }

  /**
   * Plays them all; a move that goes wrong is unproven.
   *
   * @throws IOException if what they are played on could not be set up; one line
   * @throws InterruptedException if it was stopped
   */
  public AttackReport play() throws IOException, InterruptedException {
    Set<Need> there = there();
    Map<String, String> notTried = new LinkedHashMap<>();
    List<HostileMove> played = new ArrayList<>();
    for (HostileMove move : moves) {
      Set<Need> missing = EnumSet.noneOf(Need.class);
      missing.addAll(move.needs());
      missing.removeAll(there);
      if (missing.isEmpty()) {
        played.add(move);
      } else {
        notTried.put(move.id(), "takes " + missing.iterator().next().words());
      }
    }
    for (String counter : new String[] {"moves", "leaks", "unproven", "untried"}) {
      recorder.count(counter, 0);
    }
    boolean cast = played.stream().anyMatch(move -> move.needs().contains(Need.CAST));
    progress.step("Playing " + played.size() + " hostile moves against " + target.describe());
    try (Ground ground =
        cast ? Ground.set(target, folder, patience, clock) : Ground.bare(target, patience, clock)) {
      play(ground, played);
      // What was found undelivered when the move was made may have been delivered since.
      for (String late : ground.leaks()) {
        rows.computeIfPresent(late, (id, row) -> row.refuted());
      }
    }
    AttackReport report =
        new AttackReport(played.stream().map(move -> rows.get(move.id())).toList(), notTried);
    take(report);
    return report;
  }

  private Set<Need> there() {
    Set<Need> there = EnumSet.of(Need.ALONE);
    if (target.operatorToken().isPresent() && target.operatorApi().isPresent()) {
      there.add(Need.CAST);
    }
    if (target.operatorApi().isPresent()) {
      there.add(Need.API);
    }
    if (target.webSocket().isPresent()) {
      there.add(Need.WEBSOCKET);
    }
    if (target.statusService().isPresent()) {
      there.add(Need.STATUS);
    }
    return there;
  }

  private void play(Ground ground, List<HostileMove> played)
      throws IOException, InterruptedException {
    BlockingQueue<Stage> free = new LinkedBlockingQueue<>();
    int lanes = Math.min(LANES, played.size());
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, lanes));
    try {
      // Those that wait for a clock come first, so that the others play meanwhile.
      List<Future<?>> going = new ArrayList<>();
      for (HostileMove move : inOrder(played)) {
        going.add(threads.submit(() -> {
          Stage stage = free.poll();
          if (stage == null) {
            stage = ground.stage();
          }
          one(move, stage);
          free.add(stage);
          return null;
        }));
      }
      for (Future<?> one : going) {
        finish(one);
      }
      Stage stage = free.isEmpty() ? ground.stage() : free.take();
      for (HostileMove move : played) {
        if (move.needs().contains(Need.ALONE)) {
          one(move, stage);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<HostileMove> inOrder(List<HostileMove> played) {
    List<HostileMove> together = new ArrayList<>(
        played.stream().filter(m -> !m.needs().contains(Need.ALONE)).toList());
    List<HostileMove> waiting =
        together.stream().filter(m -> HostileMoves.WAITING.contains(m.id())).toList();
    together.removeAll(waiting);
    together.addAll(0, waiting);
    return together;
  }

  private static void finish(Future<?> one) throws IOException, InterruptedException {
    try {
      one.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException();
      }
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void one(HostileMove move, Stage stage) throws InterruptedException {
    stage.begin(move.id());
    long start = System.nanoTime();
    Verdict verdict = move.verdict(stage);
    long end = System.nanoTime();
    AttackReport.Row row = AttackReport.Row.of(move, verdict, (end - start) / 1_000_000);
    synchronized (rows) {
      rows.put(move.id(), row);
      progress.update(rows.size() + "/" + moves.size() + " moves played");
    }
    if (verdict.held()) {
      recorder.done(OPERATION, start, end);
    }
  }

  private void take(AttackReport report) {
    recorder.count("moves", report.rows().size());
    recorder.count("leaks", report.count(Verdict.Outcome.LEAK));
    recorder.count("unproven", report.count(Verdict.Outcome.UNPROVEN));
    for (AttackReport.Row row : report.rows()) {
      if (row.outcome() != Verdict.Outcome.HELD) {
        recorder.failed(OPERATION, row.outcome().word() + ": " + row.id());
      }
      recorder.row("moves", row.cells());
    }
    recorder.count("untried", report.notTried().size());
    for (HostileMove move : moves) {
      String why = report.notTried().get(move.id());
      if (why != null) {
        recorder.row("moves", AttackReport.notTried(move, why));
      }
    }
  }
}
