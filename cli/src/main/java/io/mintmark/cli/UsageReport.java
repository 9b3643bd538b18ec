package io.mintmark.cli;

import io.mintmark.identity.Printable;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Tells what is wrong with a command line. Of {@code simulate}, which has so many options that its help
 * would hide it, in one line.
 */
final class UsageReport implements IParameterExceptionHandler {

  private final IParameterExceptionHandler others;

  /** @param others tells it for all other verbs */
  UsageReport(IParameterExceptionHandler others) {
    this.others = others;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) throws Exception {
    CommandLine command = failure.getCommandLine();
    if (!(command.getCommandSpec().userObject() instanceof SimulateCommand)) {
      return others.handleParseException(failure, arguments);
    }
    String line = failure.getMessage();
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      String odd = unmatched.getUnmatched().get(0);
      line = odd.startsWith("-")
          ? "there is no option '" + Printable.of(odd) + "'"
              + (near.isEmpty() ? "" : ": did you mean " + near.get(0) + "?")
          : "'" + Printable.of(odd) + "' is one too many: one scenario is played at a time";
    }
    command.getErr().println("mintmark: " + line);
    return CommandFailure.UNUSABLE;
  }
}
