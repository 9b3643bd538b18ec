package io.mintmark.simulators.scenario;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Rate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a scenario says about one thing, key by key, and where it says it. What is wrong with a value is
 * an {@link IllegalArgumentException} of one line. Immutable.
 */
public final class Settings {

  /**
   * One value.
   *
   * @param text as written
   * @param where it was written: {@code line 7} or {@code --rate}
   */
  public record Value(String text, String where) {}

  /** Longer than any run, and short enough to count in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final String of;
  private final Map<String, Value> values;

  /**
   * @param of what they are the settings of, for messages: {@code connect}
   * @param values by key, in the order they were written
   */
  public Settings(String of, Map<String, Value> values) {
    this.of = of;
    this.values = new LinkedHashMap<>(values);
  }

  /** None at all. */
  public static Settings none(String of) {
    return new Settings(of, Map.of());
  }

  /** Whether there is a value for the key. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** The values by key. */
  public Map<String, Value> values() {
    return new LinkedHashMap<>(values);
  }

  /** The same with another value for one key. */
  public Settings with(String key, Value value) {
    Settings changed = new Settings(of, values);
    changed.values.put(key, value);
    return changed;
  }

  /** A text; empty if there is none. */
  public Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key)).map(Value::text);
  }

  /** A text. */
  public String text(String key, String otherwise) {
    return text(key).orElse(otherwise);
  }

  /** A whole number within bounds. */
  public int count(String key, int otherwise, int least, int most) {
    return read(key, text -> {
          try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
              return number;
            }
          } catch (NumberFormatException e) {
            // Said below, as of numbers out of bounds.
          }
          throw new IllegalArgumentException("'" + Printable.of(text)
              + "' is not possible: use a number from " + least + " to " + most);
        })
        .orElse(otherwise);
  }

  /** A whole number; empty if there is none. */
  public Optional<Integer> count(String key, int least, int most) {
    return has(key) ? Optional.of(count(key, least, least, most)) : Optional.empty();
  }

  /** A duration as {@link DurationText} reads it; empty if there is none. */
  public Optional<Duration> duration(String key) {
    return read(key, Settings::bounded);
  }

  private static Duration bounded(String text) {
    Duration duration = DurationText.parse(text);
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is too long: use at most " + DurationText.of(LONGEST));
    }
    return duration;
  }

  /** A duration. */
  public Duration duration(String key, Duration otherwise) {
    return duration(key).orElse(otherwise);
  }

  /** A duration above 0; empty if there is none. */
  public Optional<Duration> time(String key) {
    return read(key, text -> {
      Duration time = bounded(text);
      if (time.isZero()) {
        throw new IllegalArgumentException("'" + text + "' is no time: use at least 1s");
      }
      return time;
    });
  }

  /** A steady rate as {@link Rate} reads it, in events a second; empty if there is none. */
  public Optional<Double> rate(String key) {
    return read(key, text -> {
      Rate rate = steady(text);
      return rate.number() / (double) rate.per().toSeconds();
    });
  }

  /** An open loop is neither without a limit nor does it save up for later. */
  private static Rate steady(String text) {
    if (text.contains("burst")) {
      throw new IllegalArgumentException(
          "'" + Printable.of(text) + "': an open loop has no burst, leave it out");
    }
    try {
      Rate rate = Rate.parse(text);
      if (!rate.isUnlimited()) {
        return rate;
      }
    } catch (IllegalArgumentException e) {
      // Said below: a scenario's rate has fewer forms.
    }
    throw new IllegalArgumentException("'" + Printable.of(text)
        + "' is not a rate: use NUMBER/s, /m or /h, as in 200/s, numbers from 1 to 1000000");
  }

  /** One of some words. */
  public String word(String key, String otherwise, List<String> words) {
    return read(key, text -> {
          if (!words.contains(text)) {
            throw new IllegalArgumentException(
                "cannot be '" + Printable.of(text) + "': use " + String.join(", ", words));
          }
          return text;
        })
        .orElse(otherwise);
  }

  /**
   * A value of any kind; empty if there is none.
   *
   * @param reading throws {@link IllegalArgumentException} with what is wrong with it
   */
  public <T> Optional<T> read(String key, Function<String, T> reading) {
    Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(reading.apply(value.text()));
    } catch (IllegalArgumentException e) {
      throw wrong(key, e.getMessage());
    }
  }

  /** That a value is wrong, with its place; or that it is missing. */
  public IllegalArgumentException wrong(String key, String why) {
    Value value = values.get(key);
    String where = value == null ? "" : value.where() + ": ";
    return new IllegalArgumentException(where + "'" + key + "' of " + of + ": " + why);
  }

  @Override
  public String toString() {
    return of + values;
  }
}
