package io.mintmark.cli;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.results.Live;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a run stands, on standard error: a block that is drawn anew on a terminal, a line every few seconds
 * elsewhere, nothing in CI. Thread-safe.
 */
final class RunProgress implements Progress {

  /** Where it is shown. */
  enum Mode {
    AUTO,
    PLAIN,
    LIVE,
    NONE;

    static final List<String> WORDS = List.of("auto", "plain", "live", "none");

    /** What it comes to here. */
    Mode here() {
      if (this != AUTO) {
        return this;
      }
      return System.getenv("CI") != null ? NONE : TerminalProgress.isTerminal() ? LIVE : PLAIN;
    }
  }

  private static final int MOST_REASONS = 4;

  /** A line of plain text stands for so many samples. */
  private static final int PLAIN_EVERY = 5;

  private final Mode mode;
  private final TerminalProgress terminal;
  private String doing = "";
  private boolean playing;
  private long samples;

  RunProgress(PrintWriter out, Mode mode) {
    this.mode = mode.here();
    this.terminal = new TerminalProgress(out, this.mode == Mode.LIVE);
  }

  @Override
  public synchronized void step(String line) {
    doing = "";
    if (mode != Mode.NONE) {
      terminal.step(line);
    }
  }

  @Override
  public synchronized void update(String line) {
    doing = line;
    if (!playing && mode == Mode.LIVE) {
      // There is no block yet that could say it.
      terminal.update(line);
    }
  }

  /** Shows how things stand, about once a second. */
  synchronized void show(String step, Live live) {
    playing = true;
    if (mode == Mode.LIVE) {
      terminal.block(block(step, live));
    } else if (mode == Mode.PLAIN && ++samples % PLAIN_EVERY == 0) {
      terminal.step(line(step, live));
    }
  }

  /** Takes the block away. */
  void done() {
    terminal.done();
  }

  private List<String> block(String step, Live live) {
    List<String> lines = new ArrayList<>();
    lines.add("%4.0f s  %s  %s".formatted(live.at(), step, doing));
    lines.add("  devices  " + states(live));
    if (!live.operations().isEmpty()) {
      lines.add("  %-12s %10s %9s %10s %10s".formatted("", "done", "failed", "per s", "p99 ms"));
    }
    live.operations()
        .forEach((name, operation) -> lines.add("  %-12s %,10d %,9d %,10.0f %,10.1f"
            .formatted(
                name,
                operation.count(),
                operation.failed(),
                operation.perSecond(),
                operation.p99Millis())));
    String counters = counters(live);
    if (!counters.isEmpty()) {
      lines.add("  " + counters);
    }
    lines.addAll(reasons(live));
    return lines;
  }

  private static List<String> reasons(Live live) {
    List<String> lines = new ArrayList<>();
    live.operations()
        .forEach((name, operation) -> operation.failures().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(MOST_REASONS)
            .forEach(reason ->
                lines.add("  %,d x %s: %s".formatted(reason.getValue(), name, reason.getKey()))));
    return lines.subList(0, Math.min(MOST_REASONS, lines.size()));
  }

  static String line(String step, Live live) {
    String operations = live.operations().entrySet().stream()
        .map(each -> "%s %d (%.0f/s, p99 %.1f ms%s)"
            .formatted(
                each.getKey(),
                each.getValue().count(),
                each.getValue().perSecond(),
                each.getValue().p99Millis(),
                each.getValue().failed() == 0 ? "" : ", " + each.getValue().failed() + " failed"))
        .collect(Collectors.joining(", "));
    String counters = counters(live);
    return "%.0f s %s: %s%s%s"
        .formatted(
            live.at(),
            step,
            states(live),
            operations.isEmpty() ? "" : "; " + operations,
            counters.isEmpty() ? "" : "; " + counters);
  }

  private static String states(Live live) {
    String states = live.states().entrySet().stream()
        .sorted(Map.Entry.<DeviceState, Integer>comparingByKey())
        .map(each -> each.getValue() + " " + each.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
    return states.isEmpty() ? "no devices" : states;
  }

  private static String counters(Live live) {
    return live.counters().entrySet().stream()
        .filter(each -> !each.getKey().startsWith("ticks"))
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }
}
