package io.mintmark.simulators;

import io.mintmark.identity.Identity;

/** The topics of the fleet file that {@link FactoryOptions} writes. */
public final class Topics {

  private Topics() {}

  /** Below a device's telemetry. */
  public static String telemetry(Identity.Device device, String leaf) {
    return "telemetry/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }

  /** Below a device's commands. */
  public static String commands(Identity.Device device, String leaf) {
    return "commands/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }
}
