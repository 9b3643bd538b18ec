package io.mintmark.simulators.fault;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What of an installation a fault is on. */
public enum Part {
  /** The provisioning service's port for devices. */
  SERVICE,
  /** The broker's MQTT port. */
  BROKER;

  /** As scenarios write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Stream.of(values()).map(Part::word).toList();
  }

  static Part of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
