package io.mintmark.device;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.util.List;

/**
 * How to ask and to answer.
 *
 * @param responseTopic where answers to the device's requests come; may hold {@code ${fleet}} and
 *     {@code ${device}}
 * @param openRequests most requests that may wait for an answer
 * @param answersTo filters of the response topics the device answers on
 */
record RequestSettings(String responseTopic, int openRequests, List<String> answersTo) {

  private static final String DEVICE = "${device}";

  /** Whether the response topic depends on who the device is. */
  boolean needsDevice() {
    return responseTopic.contains(DEVICE);
  }

  /**
   * The response topic of a device.
   *
   * @param device may be null if it is not needed
   */
  String responseTopic(FleetId fleet, DeviceId device) {
    return responseTopic.replace("${fleet}", fleet.value()).replace(DEVICE, String.valueOf(device));
  }
}
