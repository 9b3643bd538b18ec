package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Refusal;

/** Reads the number of a thing from the path. */
final class PathNumber {

  private PathNumber() {}

  /**
   * The number.
   *
   * @throws Refusal NOT_FOUND if it is none, so that it names nothing
   */
  static long of(Context ctx, String name) throws Refusal {
    String text = ctx.pathParam(name);
    // 18 digits fit a long whatever they are.
    if (!text.matches("[0-9]{1,18}")) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND, "there is no " + name + " '" + Printable.of(text) + "'");
    }
    return Long.parseLong(text);
  }
}
