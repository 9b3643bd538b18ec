package io.mintmark.identity;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PEM text that tells whether it is whole. Key and leaf can be held against each other; a chain that
 * lost its end, a root that is missing or a bit that flipped in a signature shows nowhere else. So a
 * line with the SHA-256 of the rest stands before it, which readers of PEM pass over (RFC 7468, section
 * 2). Thread-safe: it keeps nothing.
 */
public final class CheckedText {

  private static final String BEGIN = "# sha256 ";
  private static final Pattern LINE = Pattern.compile(BEGIN + "([0-9a-f]{64})\n");

  private CheckedText() {}

  /** The text with its line, to be stored. */
  public static String of(String text) {
    return BEGIN + digest(text) + "\n" + text;
  }

  /**
   * The text that was stored. One without a line, of somebody else's making, is taken as it is.
   *
   * @param stored each char one byte (ISO 8859-1), so that what is damaged can be read at all
   * @throws IllegalArgumentException if it is not what was stored
   */
  public static String read(String stored) {
    Matcher line = LINE.matcher(stored);
    if (!stored.startsWith(BEGIN)) {
      return stored;
    }
    if (line.lookingAt() && digest(stored.substring(line.end())).equals(line.group(1))) {
      return stored.substring(line.end());
    }
    throw new IllegalArgumentException("it is damaged: its content is not that of its checksum");
  }

  private static String digest(String text) {
    return Pem.fingerprint(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
