package io.mintmark.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * Runs a verb as the launcher's process would, in this one: quick enough for many. What the process
 * itself adds is {@link LauncherIT}'s to show.
 */
final class Verbs {

  private Verbs() {}

  static Launcher.Result mintmark(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Mintmark.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
    return new Launcher.Result(exitCode, out.toString(), err.toString());
  }
}
