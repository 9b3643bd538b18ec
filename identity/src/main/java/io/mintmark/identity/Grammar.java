package io.mintmark.identity;

/** What names are made of: letters and digits of ASCII, and a few signs. Thread-safe. */
final class Grammar {

  private final int longest;
  private final boolean[] allowed = new boolean[128];

  /**
   * One to so many characters of these.
   *
   * @param characters each of them, {@code a}, {@code A} and {@code 0} for all such letters and digits
   */
  Grammar(int longest, String characters) {
    this.longest = longest;
    for (int i = 0; i < characters.length(); i++) {
      char c = characters.charAt(i);
      int last = c == 'a' ? 'z' : c == 'A' ? 'Z' : c == '0' ? '9' : c;
      for (int each = c; each <= last; each++) {
        allowed[each] = true;
      }
    }
  }

  /** Whether the text is such a name. Asked many times for each connection, so without a Pattern. */
  boolean matches(String text) {
    int length = text.length();
    if (length < 1 || length > longest) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= allowed.length || !allowed[c]) {
        return false;
      }
    }
    return true;
  }
}
