package io.mintmark.cli;

import io.mintmark.provisioning.ProvisioningConfig;

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

  /** The word {@code off}, or -1, for none. */
  static int requireOrOff(String option, String port) throws CommandFailure {
    if (port.equals("off") || port.equals(Integer.toString(ProvisioningConfig.NO_PORT))) {
      return ProvisioningConfig.NO_PORT;
    }
    try {
      return require(option, Integer.parseInt(port));
    } catch (NumberFormatException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          option + " '" + port + "' is not a port: use 1 to 65535, 0 for any free one, or off");
    }
  }
}
