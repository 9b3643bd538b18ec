package io.mintmark.simulators;

import io.mintmark.identity.Identity;

/** The topics of the fleet file that {@link FactoryOptions} writes. */
public final class Topics {

  private Topics() {}

  /** Where a device's message of a kind goes. */
  public static String telemetry(Identity.Device device, String leaf) {
    return "telemetry/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }

  /** Where a command of a kind for a device goes. */
  public static String commands(Identity.Device device, String leaf) {
    return "commands/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }
}
