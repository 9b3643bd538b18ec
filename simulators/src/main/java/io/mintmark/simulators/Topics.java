package io.mintmark.simulators;

import io.mintmark.identity.Identity;

/** The topics of the fleet file that {@link FactoryOptions} writes. */
final class Topics {

  private Topics() {}

  static String telemetry(Identity.Device device, String leaf) {
    return "telemetry/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }

  static String commands(Identity.Device device, String leaf) {
    return "commands/" + device.fleet() + "/" + device.device() + "/" + leaf;
  }
}
