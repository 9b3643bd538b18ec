package io.mintmark.cli;

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
    String hint = "";
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      hint = ": did you mean " + unmatched.getSuggestions().get(0) + "?";
    }
    command.getErr().println("mintmark: " + failure.getMessage() + hint);
    return CommandFailure.UNUSABLE;
  }
}
