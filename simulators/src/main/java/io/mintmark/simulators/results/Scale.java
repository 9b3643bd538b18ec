package io.mintmark.simulators.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * An axis: where values are on it, and which ones are labelled.
 *
 * @param low the value at its begin, transformed
 * @param high the value at its end, transformed
 * @param transform what makes it linear
 * @param ticks labelled values
 */
record Scale(double low, double high, DoubleUnaryOperator transform, List<Tick> ticks) {

  private static final double[] NICE = {1, 2, 5};
  private static final double[] TIMES = {
    0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400,
    28_800, 86_400
  };
  private static final int MOST_TICKS = 8;

  /** So far apart, there is room for more than the decades. */
  private static final double FEW_DECADES = 50;

  /** A labelled value. */
  record Tick(double value, String label) {}

  /** Where a value is, from 0 to 1. */
  double at(double value) {
    double place = (transform.applyAsDouble(value) - low) / (high - low);
    return Math.max(0, Math.min(1, place));
  }

  /** From 0 to the next round number above the most. */
  static Scale linear(double most, DoubleFunction<String> label) {
    double step = nice((most <= 0 ? 1 : most) / 4);
    int steps = Math.max(1, (int) Math.ceil(most / step - 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i <= steps; i++) {
      ticks.add(new Tick(i * step, label.apply(i * step)));
    }
    return new Scale(0, steps * step, DoubleUnaryOperator.identity(), ticks);
  }

  /** From one round number to another, each decade as long as the next. */
  static Scale logarithmic(double least, double most, DoubleFunction<String> label) {
    double low = Math.max(1e-3, least);
    double high = Math.max(low * 2, most);
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    List<Tick> ticks = new ArrayList<>();
    double begin = Math.pow(10, first);
    double end = Math.pow(10, last);
    for (int decade = first; decade <= last; decade++) {
      for (double nice : NICE) {
        double value = nice * Math.pow(10, decade);
        if (value <= low * 1.0001) {
          begin = value;
        }
        if (value >= high * 0.9999) {
          end = Math.min(end, value);
        }
        if (nice == 1 || high / low <= FEW_DECADES) {
          ticks.add(new Tick(value, label.apply(value)));
        }
      }
    }
    double from = begin * 0.9999;
    double to = end * 1.0001;
    ticks.removeIf(tick -> tick.value() < from || tick.value() > to);
    return new Scale(Math.log10(begin), Math.log10(end), v -> Math.log10(Math.max(v, 1e-9)), ticks);
  }

  /** The time of a run, in seconds. */
  static Scale time(double seconds) {
    double most = Math.max(0.1, seconds);
    double step = TIMES[TIMES.length - 1];
    for (int i = TIMES.length - 1; i >= 0 && most / TIMES[i] <= MOST_TICKS; i--) {
      step = TIMES[i];
    }
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= most; i++) {
      ticks.add(new Tick(i * step, moment(i * step)));
    }
    return new Scale(0, most, DoubleUnaryOperator.identity(), ticks);
  }

  /** A moment of a run as an axis shows it. */
  static String moment(double seconds) {
    if (seconds >= 7_200) {
      return Shown.digits(seconds / 3_600) + " h";
    }
    return seconds >= 120 ? Shown.digits(seconds / 60) + " min" : Shown.digits(seconds) + " s";
  }

  /** Percentiles, each nine more as long as the one before; to the one that one of so many is. */
  static Scale percentiles(long count) {
    int nines = (int) Math.max(2, Math.min(6, Math.ceil(Math.log10(Math.max(1, count)))));
    List<Tick> ticks = new ArrayList<>(List.of(new Tick(0, "0 %"), new Tick(50, "50 %")));
    for (int i = 1; i < nines; i++) {
      double percentile = 100 - Math.pow(10, 2 - i);
      String label =
          String.format(Locale.ROOT, i < 3 ? "%.0f %%" : "%." + (i - 2) + "f %%", percentile);
      ticks.add(new Tick(percentile, label));
    }
    return new Scale(0, nines, Scale::nines, ticks);
  }

  /** How many nines a percentile has. */
  static double nines(double percentile) {
    return -Math.log10(Math.max(1e-9, 1 - percentile / 100));
  }

  private static double nice(double value) {
    double decade = Math.pow(10, Math.floor(Math.log10(value)));
    for (double nice : NICE) {
      if (nice * decade >= value * 0.9999) {
        return nice * decade;
      }
    }
    return 10 * decade;
  }
}
