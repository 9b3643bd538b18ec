package io.mintmark.simulators.results;

import java.util.Locale;

/** Figures as people read them. */
final class Shown {

  private Shown() {}

  /** A time in the unit that fits, three digits. */
  static String millis(double millis) {
    double size = Math.abs(millis);
    if (size == 0) {
      return "0 ms";
    }
    if (size < 0.9995) {
      return digits(millis * 1e3) + " µs";
    }
    if (size < 999.5) {
      return digits(millis) + " ms";
    }
    return size < 600_000 ? digits(millis / 1e3) + " s" : digits(millis / 60e3) + " min";
  }

  /** A number with three digits, or all before the point. */
  static String digits(double value) {
    double size = Math.abs(value);
    if (size >= 99.95 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 9.995 ? "%.1f" : "%.2f", value);
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String perSecond(double rate) {
    return digits(rate) + "/s";
  }

  /** How long a run took. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (seconds < 60) {
      return digits(seconds) + " s";
    }
    return whole < 3600
        ? "%d min %02d s".formatted(whole / 60, whole % 60)
        : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
  }
}
