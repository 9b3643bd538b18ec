package io.mintmark.simulators;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;

/**
 * The payload of a virtual device's message, as JSON. Who receives it can tell what is missing,
 * what came twice, and how late it is.
 *
 * @param stream which series of messages it belongs to; each has its own numbers
 * @param device who sent it
 * @param sequence 0, 1, 2, ... without gaps, for each stream and device
 * @param due when the open loop wanted it sent, microseconds since 1970
 */
record Telemetry(String stream, String device, long sequence, long due) {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("two strings and two numbers always encode", e);
    }
  }

  /** The message a payload holds; empty if it is something else. */
  static Optional<Telemetry> parse(byte[] payload) {
    if (payload.length == 0 || payload[0] != '{') {
      return Optional.empty();
    }
    try {
      Telemetry read = JSON.readValue(payload, Telemetry.class);
      return read.stream() == null || read.device() == null || read.sequence() < 0
          ? Optional.empty()
          : Optional.of(read);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
