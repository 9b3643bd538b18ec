package io.mintmark.simulators;

import io.mintmark.simulators.TelemetryRecorder.Duplicate;
import java.util.List;

/**
 * Tells which repeats QoS 1 explains.
 *
 * @param application who received the messages
 * @param devices who sent them
 */
record Redeliveries(ApplicationClient application, List<VirtualDevice> devices) {

  /** How many are not explained by a reconnect of who sent the message or of who received it. */
  long unexplained(List<Duplicate> repeats) {
    return repeats.stream().filter(d -> !isRedelivery(d)).count();
  }

  private boolean isRedelivery(Duplicate duplicate) {
    return duplicate.isRedelivery(application.reconnects())
        || devices.stream()
            .filter(device -> device.id().value().equals(duplicate.device()))
            .anyMatch(device -> duplicate.isRedelivery(device.arrivals()));
  }
}
