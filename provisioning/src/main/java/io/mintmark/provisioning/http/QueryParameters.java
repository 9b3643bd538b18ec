package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Refusal;

/** Reads query parameters; what is not as expected is refused, never guessed at. */
final class QueryParameters {

  private QueryParameters() {}

  /**
   * A whole number.
   *
   * @param unless the value of a parameter that is not there
   * @throws Refusal INVALID if it is not a number from {@code least} to {@code most}
   */
  static long number(Context ctx, String name, long unless, long least, long most) throws Refusal {
    String text = ctx.queryParam(name);
    if (text == null) {
      return unless;
    }
    // 18 digits fit a long whatever they are.
    if (text.matches("[0-9]{1,18}")) {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw new Refusal(
        Refusal.Kind.INVALID,
        "query parameter " + name + " is '" + Printable.of(text) + "': use a whole number "
            + (most == Long.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most));
  }

  /**
   * A switch, off when it is not there.
   *
   * @throws Refusal INVALID if it is neither {@code true} nor {@code false}
   */
  static boolean flag(Context ctx, String name) throws Refusal {
    String text = ctx.queryParam(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw new Refusal(
        Refusal.Kind.INVALID,
        "query parameter " + name + " is '" + Printable.of(text) + "': use true or false");
  }
}
