package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.io.IOException;

/** What the service's registry says of devices, as an operator sees it. */
public interface RegisteredDevices {

  /**
   * One device.
   *
   * @param issued how many certificates it was issued so far
   * @param live how many of them have neither ended nor been superseded or revoked
   * @param clones how many signs of a clone it shows
   */
  record Standing(int issued, int live, int clones) {}

  /** How a device stands now. */
  Standing standing(DeviceId device) throws IOException;
}
