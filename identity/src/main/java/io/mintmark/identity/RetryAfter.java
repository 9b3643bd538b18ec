package io.mintmark.identity;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header Retry-After (RFC 9110, section 10.2.3). */
public final class RetryAfter {

  /** Who is told to wait for years, by a clock that is wrong or by mistake, asks again the next day. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private RetryAfter() {}

  /**
   * How long to wait, at most a day; empty where the header is missing or odd.
   *
   * @param header seconds or an HTTP date, or null
   */
  public static Optional<Duration> parse(String header, Instant now) {
    String value = header == null ? "" : header.strip();
    if (value.matches("[0-9]{1,9}")) {
      return Optional.of(held(Duration.ofSeconds(Long.parseLong(value))));
    }
    try {
      ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration wait = Duration.between(now, date.toInstant());
      return Optional.of(wait.isNegative() ? Duration.ZERO : held(wait));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration held(Duration wait) {
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
