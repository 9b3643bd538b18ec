package io.mintmark.cli;

import io.mintmark.simulators.Progress;
import java.io.PrintWriter;
import java.util.List;

/**
 * Shows what is being done on standard error: steps as lines; updates and blocks in place on a terminal and
 * not at all elsewhere. The launcher says whether it is one. Thread-safe.
 */
final class TerminalProgress implements Progress {

  private static final String ERASE_LINE = "\r\u001b[K";

  /** To the first line of what was shown, and all below it gone. */
  private static final String ERASE_BLOCK = "\r\u001b[%dA\u001b[J";

  /** At the left edge, where Ctrl-C may have left its mark; and no line wraps, however wide it is here. */
  private static final String BEGIN_BLOCK = "\r\u001b[J\u001b[?7l";

  private static final String END_BLOCK = "\u001b[?7h";

  /** What a terminal has that does not say. */
  private static final int ROWS = 24;

  private final PrintWriter out;
  private final boolean terminal;
  private final int rows;
  private boolean updating;
  private int shown;

  TerminalProgress(PrintWriter out) {
    this(out, isTerminal() && System.getenv("CI") == null);
  }

  /** On a terminal, or not. */
  TerminalProgress(PrintWriter out, boolean terminal) {
    this(out, terminal, Integer.getInteger("mintmark.terminal.rows", 0));
  }

  /** On a terminal of so many rows, 0 if it does not say; or not. */
  TerminalProgress(PrintWriter out, boolean terminal, int rows) {
    this.out = out;
    this.terminal = terminal;
    this.rows = rows > 0 ? rows : ROWS;
  }

  /** Whether standard error is one. */
  static boolean isTerminal() {
    return Boolean.getBoolean("mintmark.terminal");
  }

  @Override
  public synchronized void step(String line) {
    done();
    out.println(terminal ? ERASE_LINE + line : line);
    out.flush();
  }

  @Override
  public synchronized void update(String line) {
    if (terminal) {
      eraseBlock();
      out.print(BEGIN_BLOCK + "  " + line + END_BLOCK);
      out.flush();
      updating = true;
    }
  }

  /** Shows some lines in the place of those before: the first, where not all have room. */
  synchronized void block(List<String> lines) {
    if (terminal) {
      done();
      List<String> room = lines.subList(0, Math.min(lines.size(), Math.max(1, rows - 1)));
      out.print(BEGIN_BLOCK);
      room.forEach(out::println);
      out.print(END_BLOCK);
      out.flush();
      shown = room.size();
    }
  }

  /** Takes the last update away, so that other output begins on a line of its own. */
  synchronized void done() {
    eraseBlock();
    if (updating) {
      out.print(ERASE_LINE);
      out.flush();
      updating = false;
    }
  }

  private void eraseBlock() {
    if (shown > 0) {
      out.print(ERASE_BLOCK.formatted(shown));
      out.flush();
      shown = 0;
    }
  }
}
