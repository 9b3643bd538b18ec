package io.mintmark.simulators.fault;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A clock that is wrong: ahead, behind, or at some moment when the fault begins. It goes on from
 * there at the right speed.
 *
 * @param text as it was written
 * @param ahead by how much, negative for behind; null if it is set to a moment
 * @param moment what it is set to; null if it is ahead
 */
public record ClockSkew(String text, Duration ahead, Instant moment) {

  private static final Pattern OFFSET = Pattern.compile("([+-])(.+)");
  private static final Pattern YEAR = Pattern.compile("[0-9]{4}");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  /**
   * Reads one.
   *
   * @param text {@code +2h}, {@code -30d}, {@code 1970}, {@code 2001-09-09} or {@code
   *     2001-09-09T01:46:40Z}
   * @throws IllegalArgumentException if it is none of these
   */
  public static ClockSkew parse(String text) {
    Matcher offset = OFFSET.matcher(text);
    try {
      if (offset.matches()) {
        Duration by = DurationText.parse(offset.group(2));
        return new ClockSkew(text, offset.group(1).equals("-") ? by.negated() : by, null);
      }
      if (YEAR.matcher(text).matches()) {
        return moment(text, text + "-01-01");
      }
      return DATE.matcher(text).matches()
          ? moment(text, text)
          : new ClockSkew(text, null, Instant.parse(text));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + Printable.of(text) + "' is no wrong time: use +2h or -30d for ahead or behind, or"
              + " what the clock is to say: 1970, 2001-09-09, 2001-09-09T01:46:40Z",
          e);
    }
  }

  private static ClockSkew moment(String text, String date) {
    return new ClockSkew(
        text, null, LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /** By how much the clock is ahead if the fault begins now. */
  Duration ahead(Instant now) {
    return moment == null ? ahead : Duration.between(now, moment);
  }
}
