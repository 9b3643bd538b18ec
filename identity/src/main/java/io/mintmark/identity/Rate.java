package io.mintmark.identity;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many in a time, and so many at once after a rest: a token bucket. Immutable.
 *
 * @param number how many are refilled in each {@code per}; 0 for no limit
 * @param per a second, a minute or an hour
 * @param burst how many the full bucket holds
 */
public record Rate(long number, Duration per, long burst) {

  /** No limit at all. */
  public static final Rate UNLIMITED = new Rate(0, Duration.ofSeconds(1), 1);

  private static final String UNLIMITED_WORD = "unlimited";
  private static final long MOST = 1_000_000;
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,7})/([smh])(?: burst ([0-9]{1,7}))?");

  /** Holds the figures to their ranges. */
  public Rate {
    if (number < 0 || number > MOST || burst < 1 || burst > MOST) {
      throw new IllegalArgumentException("a rate and its burst are numbers from 1 to " + MOST);
    }
  }

  /**
   * Reads {@code 10/s}, {@code 30/m burst 60} or {@code unlimited}. Without a burst it is as large as
   * the number.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static Rate parse(String text) {
    if (text.equals(UNLIMITED_WORD)) {
      return UNLIMITED;
    }
    Matcher m = FORM.matcher(text);
    long number = m.matches() ? Long.parseLong(m.group(1)) : 0;
    long burst = number == 0 || m.group(3) == null ? number : Long.parseLong(m.group(3));
    if (number < 1 || number > MOST || burst < 1 || burst > MOST) {
      throw new IllegalArgumentException("'" + Printable.of(text)
          + "' is not a rate: use NUMBER/s, /m or /h, with a burst if you like, as in '10/m burst"
          + " 60', numbers from 1 to " + MOST + "; or '" + UNLIMITED_WORD + "'");
    }
    Duration per = switch (m.group(2)) {
      case "h" -> Duration.ofHours(1);
      case "m" -> Duration.ofMinutes(1);
      default -> Duration.ofSeconds(1);
    };
    return new Rate(number, per, burst);
  }

  /** Whether it limits nothing. */
  public boolean isUnlimited() {
    return number == 0;
  }
}
