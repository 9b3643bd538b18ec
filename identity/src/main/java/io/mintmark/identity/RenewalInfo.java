package io.mintmark.identity;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the issuer says about a certificate's renewal (RFC 9773, section 4.2).
 *
 * @param window when it would like the certificate renewed
 * @param retryAfter when it would like to be asked again (section 4.3.2)
 * @param bundle Mintmark's own: the {@linkplain Bundle#fingerprint fingerprint} of the trust anchors
 *     to hold now, so that whoever asks about renewal hears of new ones; null if it does not say
 */
public record RenewalInfo(RenewalWindow window, Duration retryAfter, String bundle) {

  /** The two members we need of an object without objects in it; strings have no escapes in them. */
  private static final Pattern WINDOW =
      Pattern.compile("\"suggestedWindow\"\\s*:\\s*\\{([^{}]*)\\}");

  private static final Pattern BUNDLE = Pattern.compile("\"bundle\"\\s*:\\s*\"([0-9a-f]{64})\"");
  private static final Pattern START = member("start");
  private static final Pattern END = member("end");

  private static Pattern member(String name) {
    return Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"");
  }

  /**
   * Reads the window out of the JSON.
   *
   * @throws IllegalArgumentException if there is none, or its ends are not RFC 3339 timestamps in
   *     order
   */
  static RenewalWindow window(String json) {
    Matcher window = WINDOW.matcher(json);
    if (!window.find()) {
      throw new IllegalArgumentException("the renewal information has no suggestedWindow");
    }
    String members = window.group(1);
    try {
      return new RenewalWindow(
          OffsetDateTime.parse(find(START, members)).toInstant(),
          OffsetDateTime.parse(find(END, members)).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "the renewal information has a timestamp that is none: " + Printable.of(e.getMessage()));
    }
  }

  /** Reads the bundle's fingerprint out of the JSON; null if there is none. */
  static String bundle(String json) {
    Matcher bundle = BUNDLE.matcher(json);
    return bundle.find() ? bundle.group(1) : null;
  }

  private static String find(Pattern member, String members) {
    Matcher m = member.matcher(members);
    if (!m.find()) {
      throw new IllegalArgumentException(
          "the suggestedWindow of the renewal information lacks an end");
    }
    return m.group(1);
  }
}
