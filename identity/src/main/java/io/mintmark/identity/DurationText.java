package io.mintmark.identity;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90s}, {@code 15m}, {@code 12h}, {@code 7d}. Thread-safe: it
 * keeps nothing.
 */
public final class DurationText {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");
  private static final Pattern MILLIS = Pattern.compile("([0-9]{1,9})ms");
  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;
  private static final long MINUTE = 60;

  private DurationText() {}

  /**
   * Reads a duration.
   *
   * @param text not null
   * @return of whole seconds, zero included
   * @throws IllegalArgumentException if it is not a number and a unit
   */
  public static Duration parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + Printable.of(text)
          + "' is not a duration: use a number and s, m, h or d, as in 7d");
    }
    long number = Long.parseLong(m.group(1));
    return Duration.ofSeconds(number
        * switch (m.group(2)) {
          case "d" -> DAY;
          case "h" -> HOUR;
          case "m" -> MINUTE;
          default -> 1;
        });
  }

  /**
   * Reads a duration that may be of milliseconds: {@code 200ms}.
   *
   * @param text not null
   * @throws IllegalArgumentException if it is not a number and a unit
   */
  public static Duration parsePrecise(String text) {
    Matcher m = MILLIS.matcher(text);
    if (m.matches()) {
      return Duration.ofMillis(Long.parseLong(m.group(1)));
    }
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + Printable.of(text)
          + "' is not a duration: use a number and ms, s, m, h or d, as in 200ms");
    }
    return parse(text);
  }

  /** The shortest text that reads back as the duration, which is of whole seconds. */
  public static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds > 0 && seconds % DAY == 0) {
      return seconds / DAY + "d";
    }
    if (seconds > 0 && seconds % HOUR == 0) {
      return seconds / HOUR + "h";
    }
    return seconds > 0 && seconds % MINUTE == 0 ? seconds / MINUTE + "m" : seconds + "s";
  }
}
