package io.mintmark.cli;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import io.mintmark.provisioning.Misbehaviour;
import io.mintmark.provisioning.Misbehaviour.Mishap;
import io.mintmark.simulators.fault.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How service and broker are to misbehave: {@code delay=200ms..2s,drop=0.1,mqtt-silent=0.05,seed=1}.
 *
 * @param service null if the service behaves
 * @param mqtt what happens to connections to the broker; empty if it behaves
 * @param seed settles what happens to which connection
 */
record MisbehaveSpec(Misbehaviour service, List<Met> mqtt, long seed) {

  /**
   * Something that happens to connections.
   *
   * @param share of them
   */
  record Met(Fault fault, double share) {}

  /** The one and the other time, which may be the same. */
  private record Range(Duration least, Duration most) {
    static Range parse(String text) {
      String[] ends = text.split("\\.\\.", 2);
      Duration least = DurationText.parsePrecise(ends[0]);
      return new Range(least, ends.length == 1 ? least : DurationText.parsePrecise(ends[1]));
    }
  }

  static final MisbehaveSpec NONE = new MisbehaveSpec(null, List.of(), 0);

  private static final String DELAY = "delay";
  private static final String SEED = "seed";
  private static final String MQTT_DELAY = "mqtt-delay";
  private static final String MQTT_DROP = "mqtt-drop";
  private static final String MQTT_RESET = "mqtt-reset";
  private static final String MQTT_SILENT = "mqtt-silent";

  /** Early enough to be seen, and late enough for something to be under way. */
  private static final Duration WITHIN = Duration.ofMinutes(1);

  private static final List<String> KEYS = Stream.of(
          Stream.of(DELAY),
          Stream.of(Mishap.values()).map(Mishap::word),
          Stream.of(MQTT_DELAY, MQTT_DROP, MQTT_RESET, MQTT_SILENT, SEED))
      .flatMap(words -> words)
      .toList();

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with one line if it cannot be
   */
  static MisbehaveSpec parse(String text) {
    Range delay = null;
    Map<Mishap, Double> shares = new EnumMap<>(Mishap.class);
    List<Met> mqtt = new ArrayList<>();
    long seed = 1;
    Set<String> seen = new HashSet<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      String key = pair[0];
      if (!KEYS.contains(key)) {
        throw unknown(key);
      }
      if (pair.length == 1 || pair[1].isEmpty()) {
        throw new IllegalArgumentException(key + " has no value: write " + example(key));
      }
      if (!seen.add(key)) {
        throw new IllegalArgumentException(key + " is there twice: leave one out");
      }
      String value = pair[1];
      try {
        switch (key) {
          case DELAY -> delay = Range.parse(value);
          case SEED -> seed = Long.parseLong(value);
          case MQTT_DELAY -> {
            Range range = Range.parse(value);
            mqtt.add(new Met(new Fault.Latency(range.least(), range.most()), 1));
          }
          case MQTT_DROP -> mqtt.add(new Met(new Fault.Reset(Duration.ZERO), share(value)));
          case MQTT_RESET -> mqtt.add(new Met(new Fault.Reset(WITHIN), share(value)));
          case MQTT_SILENT -> mqtt.add(new Met(new Fault.HalfOpen(WITHIN), share(value)));
          default -> shares.put(mishap(key), share(value));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'" + Printable.of(value) + "' is not possible for " + key + ": write " + example(key),
            e);
      }
    }
    Misbehaviour service = delay == null && shares.isEmpty()
        ? null
        : new Misbehaviour(
            delay == null ? Duration.ZERO : delay.least(),
            delay == null ? Duration.ZERO : delay.most(),
            shares,
            seed);
    return new MisbehaveSpec(service, List.copyOf(mqtt), seed);
  }

  private static Mishap mishap(String word) {
    return Stream.of(Mishap.values())
        .filter(mishap -> mishap.word().equals(word))
        .findFirst()
        .orElseThrow();
  }

  private static double share(String text) {
    double share = Double.parseDouble(text);
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("not a share");
    }
    return share;
  }

  private static String example(String key) {
    return switch (key) {
      case DELAY, MQTT_DELAY -> key + "=500ms or " + key + "=200ms..2s";
      case SEED -> key + "=1";
      default -> key + "=0.1, a share above 0 and at most 1";
    };
  }

  private static IllegalArgumentException unknown(String key) {
    return new IllegalArgumentException("'" + Printable.of(key) + "' is not known"
        + Suggestion.of(key, KEYS).map(near -> ": did you mean '" + near + "'?").orElse(":")
        + " Use " + String.join(", ", KEYS));
  }

  /** Refuses what is for a broker, where there is none. */
  void requireNoBroker() throws CommandFailure {
    if (!mqtt.isEmpty()) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "--misbehave: what begins with mqtt- is for the broker, and there is none here: use"
              + " 'mintmark up', or leave it out");
    }
  }
}
