package io.mintmark.device;

import io.mintmark.identity.Printable;
import java.nio.charset.StandardCharsets;

/** The grammar of topic names and topic filters (MQTT 5, section 4.7). */
final class Topics {

  private static final int LONGEST = 65_535;

  private Topics() {}

  /**
   * @throws IllegalArgumentException if the text is no topic one can publish to
   */
  static void requireName(String topic) {
    requireNotEmpty("topic", topic);
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
      throw new IllegalArgumentException("topic '"
          + Printable.of(topic)
          + "' holds a wildcard: one publishes to a topic, not to a filter");
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no filter one can subscribe to
   */
  static void requireFilter(String filter) {
    requireNotEmpty("topic filter", filter);
    String[] levels = filter.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      String level = levels[i];
      boolean plain = level.indexOf('+') < 0 && level.indexOf('#') < 0;
      boolean rest = level.equals("#") && i == levels.length - 1;
      if (!plain && !rest && !level.equals("+")) {
        throw new IllegalArgumentException("topic filter '"
            + Printable.of(filter)
            + "' is not valid: + and # stand for whole levels, # only for the last");
      }
    }
  }

  /** Whether the filter covers the topic; a shared subscription's share name is passed over. */
  static boolean matches(String filter, String topic) {
    String[] wanted = unshared(filter).split("/", -1);
    String[] levels = topic.split("/", -1);
    // Section 4.7.2: wildcards at the start do not reach topics that begin with $.
    if (topic.startsWith("$") && (wanted[0].equals("#") || wanted[0].equals("+"))) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i >= levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }

  private static String unshared(String filter) {
    if (!filter.startsWith("$share/")) {
      return filter;
    }
    int end = filter.indexOf('/', "$share/".length());
    return end < 0 ? filter : filter.substring(end + 1);
  }

  private static void requireNotEmpty(String what, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          what + " of 0 bytes: use 1 to " + LONGEST + " bytes of UTF-8");
    }
    requireText(what, text);
  }

  /** Section 1.5.4: what an MQTT string may hold; Paho's encoder takes nothing else. */
  static void requireText(String what, String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new IllegalArgumentException(
          what + " of " + length + " bytes: use up to " + LONGEST + " bytes of UTF-8");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      boolean nonCharacter = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
      boolean loneSurrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
      if (Character.isISOControl(c) || nonCharacter || loneSurrogate) {
        throw new IllegalArgumentException(what
            + " '"
            + Printable.of(text)
            + "' holds a character MQTT does not allow, at position "
            + i);
      }
      i += Character.charCount(c);
    }
  }
}
