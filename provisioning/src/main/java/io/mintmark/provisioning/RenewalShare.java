package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of a certificate's life its renewal should fall into. Immutable.
 *
 * @param startPercent of the life, counted from the issuing
 * @param endPercent later, and before the end
 */
public record RenewalShare(int startPercent, int endPercent) {

  /** Two thirds in the middle: a quarter of the life is left for a service that is down. */
  public static final RenewalShare DEFAULT = new RenewalShare(60, 75);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,3})%");
  private static final int LATEST = 99;

  /**
   * Checks the order.
   *
   * @throws IllegalArgumentException unless 1% to 99% and rising
   */
  public RenewalShare {
    if (startPercent < 1 || endPercent > LATEST || startPercent >= endPercent) {
      throw new IllegalArgumentException("a renewal window from "
          + startPercent
          + "% to "
          + endPercent
          + "% of the lifetime is not valid: use 1% to 99%, the start before the end");
    }
  }

  /**
   * Reads {@code 60%}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static int percent(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + Printable.of(text)
          + "' is not a share of the lifetime: use a percentage, as in 60%");
    }
    return Integer.parseInt(m.group(1));
  }

  @Override
  public String toString() {
    return startPercent + "% to " + endPercent + "%";
  }
}
