package io.mintmark.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/**
 * Whether service and broker misbehave on purpose. Said on the command line or not at all: no file and
 * no environment variable turns it on.
 */
final class MisbehaveOption {

  @Option(
      names = "--misbehave",
      paramLabel = "SPEC",
      description =
          "For who writes a client: delay, drop and break answers to devices on purpose, as"
              + " in delay=200ms..2s,drop=0.1,lost-answer=0.1,retry-after=0.1,seed=1. See"
              + " docs/simulators/faults.md.")
  private String spec;

  /**
   * What was asked for, once it was said aloud.
   *
   * @param err where to say it
   */
  MisbehaveSpec announced(PrintWriter err) throws CommandFailure {
    if (spec == null) {
      return MisbehaveSpec.NONE;
    }
    MisbehaveSpec read;
    try {
      read = MisbehaveSpec.parse(spec);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, "--misbehave: " + e.getMessage());
    }
    err.println("WARNING: MISBEHAVING ON PURPOSE (--misbehave " + spec + "): devices are answered"
        + " late, wrong or not at all. For writing clients; never where devices are in use.");
    err.flush();
    return read;
  }
}
