package io.mintmark.cli;

import io.mintmark.broker.BrokerStartException;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a verb throws into one line on standard error and the exit code; never a stack trace. */
final class FailureReport implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    LoggerFactory.getLogger(FailureReport.class).debug("command failed", failure);
    command.getErr().println("mintmark: " + sentence(failure));
    if (failure instanceof CommandFailure known) {
      return known.exitCode();
    }
    return failure instanceof StartException || failure instanceof BrokerStartException
        ? CommandFailure.UNUSABLE
        : CommandFailure.FAILED;
  }

  private static String sentence(Exception failure) {
    if (failure instanceof CommandFailure
        || failure instanceof StartException
        || failure instanceof BrokerStartException
        || failure instanceof Refusal) {
      return failure.getMessage();
    }
    if (failure instanceof java.nio.file.NoSuchFileException) {
      return "there is no file " + failure.getMessage();
    }
    if (failure instanceof java.nio.file.AccessDeniedException) {
      return "not allowed to use " + failure.getMessage();
    }
    if (failure instanceof IOException && failure.getMessage() != null) {
      return failure.getMessage();
    }
    return failure.getClass().getSimpleName()
        + (failure.getMessage() == null ? "" : ": " + failure.getMessage());
  }
}
