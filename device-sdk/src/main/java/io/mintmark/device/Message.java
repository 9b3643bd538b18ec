package io.mintmark.device;

import java.nio.charset.StandardCharsets;

/**
 * A message that arrived.
 *
 * @param topic where it was published
 * @param payload its bytes; may be empty
 * @param qos 0 or 1, as it was delivered
 * @param retained whether the broker kept it from before the subscription
 * @param duplicate whether the broker says it may have been delivered before (QoS 1 only)
 */
public record Message(String topic, byte[] payload, int qos, boolean retained, boolean duplicate) {

  /** The payload as UTF-8 text. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** Topic and size; the payload may be a secret. */
  @Override
  public String toString() {
    return "Message[" + topic + ", QoS " + qos + ", " + payload.length + " bytes]";
  }
}
