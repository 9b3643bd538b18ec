package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a broker took which device's permissions away, by the lines it logs when such a session has
 * ended.
 */
final class BrokerCuts {

  private static final Pattern LINE =
      Pattern.compile("(\\S+) .* cut reason=\\S+ device=\\S+/device/(\\S+) .*millis=(\\d+)");

  private final Map<String, Long> microsByDevice = new HashMap<>();

  private BrokerCuts() {}

  static BrokerCuts of(List<String> log) {
    BrokerCuts cuts = new BrokerCuts();
    for (String line : log) {
      Matcher m = LINE.matcher(line);
      if (m.lookingAt()) {
        long ended = Micros.of(OffsetDateTime.parse(m.group(1)).toInstant());
        cuts.microsByDevice.put(m.group(2), ended - Long.parseLong(m.group(3)) * 1_000);
      }
    }
    return cuts;
  }

  /** Microseconds from a moment since 1970 until then; empty if the log does not say. */
  OptionalLong powerless(DeviceId device, long since) {
    Long at = microsByDevice.get(device.value());
    return at == null ? OptionalLong.empty() : OptionalLong.of(at - since);
  }
}
