package io.mintmark.identity;

/**
 * Makes text that came from outside safe to put into a message: control and non-ASCII characters
 * are shown as escapes, so that a name cannot forge a log line, and long values are cut.
 */
public final class Printable {

  private static final int LONGEST = 200;

  private Printable() {}

  /** The text as printable ASCII, at most about 200 characters; {@code null} as "null". */
  public static String of(String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST) + 8);
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= LONGEST) {
        return out.append("...").toString();
      }
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
