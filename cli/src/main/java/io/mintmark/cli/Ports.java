package io.mintmark.cli;

/** What a port option may be. */
final class Ports {

  private Ports() {}

  static int require(String option, int port) throws CommandFailure {
    if (port < 0 || port > 65_535) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          option + " " + port + " is not a port: use 1 to 65535, or 0 for any free one");
    }
    return port;
  }
}
