package io.mintmark.identity;

import java.util.Map;

/**
 * Feed message: what the manifest says of a device, as far as its fleet's policy names it. It
 * replaces what was said of the device before. A device without such a message has no attributes.
 *
 * @param device the device's id
 * @param fleet its fleet's id
 * @param values by name, as the manifest has them: whether one can stand in a topic filter is for
 *     {@link TopicGrants#resolve} to say
 */
public record DeviceAttributes(String device, String fleet, Map<String, String> values) {

  /** Copies the values. */
  public DeviceAttributes {
    values = Map.copyOf(values);
  }
}
