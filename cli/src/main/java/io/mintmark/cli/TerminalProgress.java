package io.mintmark.cli;

import io.mintmark.simulators.Progress;
import java.io.PrintWriter;

/**
 * Shows a benchmark's steps on standard error: steps as lines, updates in place on a terminal and not
 * at all elsewhere. The launcher says whether it is one. Thread-safe.
 */
final class TerminalProgress implements Progress {

  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal =
      Boolean.getBoolean("mintmark.terminal") && System.getenv("CI") == null;
  private boolean updating;

  TerminalProgress(PrintWriter out) {
    this.out = out;
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
      out.print(ERASE_LINE + "  " + line);
      out.flush();
      updating = true;
    }
  }

  /** Takes the last update away, so that other output begins on a line of its own. */
  synchronized void done() {
    if (updating) {
      out.print(ERASE_LINE);
      out.flush();
      updating = false;
    }
  }
}
