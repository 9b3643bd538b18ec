package io.mintmark.simulators;

import java.util.LinkedHashMap;
import java.util.Map;

/** Figures as they are measured; names end in their unit unless they count. Not thread-safe. */
final class Figures {

  private static final double DECIMALS = 1_000;

  private final Map<String, Double> byName = new LinkedHashMap<>();

  void put(String name, double value) {
    byName.put(name, Math.round(value * DECIMALS) / DECIMALS);
  }

  void put(String name, long count) {
    byName.put(name, (double) count);
  }

  Map<String, Double> all() {
    return byName;
  }
}
