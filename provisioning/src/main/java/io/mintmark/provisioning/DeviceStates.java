package io.mintmark.provisioning;

/** What a device's state forbids. */
final class DeviceStates {

  private DeviceStates() {}

  /**
   * Enrolment and renewal are for devices that are neither suspended, revoked nor retired.
   *
   * @throws Refusal FORBIDDEN if it is
   */
  static void requireNotBarred(Device device) throws Refusal {
    switch (device.state()) {
      case SUSPENDED ->
        throw new Refusal(
            Refusal.Kind.FORBIDDEN,
            "device '" + device.id() + "' is suspended: an operator can release it");
      case REVOKED, RETIRED ->
        throw new Refusal(
            Refusal.Kind.FORBIDDEN,
            "device '" + device.id() + "' is " + device.state().word());
      case PENDING, ACTIVE -> {
        // Free to go.
      }
    }
  }
}
