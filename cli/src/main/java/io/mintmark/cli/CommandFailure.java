package io.mintmark.cli;

/** A command that ends with one sentence for the person who typed it and an exit code. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** The job was tried and failed or was refused. */
  static final int FAILED = 1;

  /** The job could not be tried. */
  static final int UNUSABLE = 2;

  private final int exitCode;

  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
