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

  /** A longer line would wrap, and the block could not be taken away. */
  private static final int WIDTH = 79;

  private final PrintWriter out;
  private final boolean terminal;
  private boolean updating;
  private int shown;

  TerminalProgress(PrintWriter out) {
    this(out, isTerminal() && System.getenv("CI") == null);
  }

  /** On a terminal, or not. */
  TerminalProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether standard error is one. */
  static boolean isTerminal() {
    return Boolean.getBoolean("mintmark.terminal");
  }

  @Override
  public synchronized void step(String line) {
    done();
    out.println(line);
    out.flush();
  }

  @Override
  public synchronized void update(String line) {
    if (terminal) {
      eraseBlock();
      out.print(ERASE_LINE + "  " + line);
      out.flush();
      updating = true;
    }
  }

  /** Shows some lines in the place of those before. */
  synchronized void block(List<String> lines) {
    if (terminal) {
      done();
      lines.forEach(line -> out.println(line.substring(0, Math.min(WIDTH, line.length()))));
      out.flush();
      shown = lines.size();
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
