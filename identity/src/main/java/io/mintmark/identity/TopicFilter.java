package io.mintmark.identity;

import java.nio.charset.StandardCharsets;

/**
 * A topic filter and what it matches, by MQTT 5.0, section 4.7, and nothing else: the measure every
 * other matching is held to. Immutable.
 *
 * <p>Levels may be empty and count: {@code a}, {@code a/} and {@code /a} are three topics. A filter
 * that begins with a wildcard matches no topic that begins with {@code $} (section 4.7.2).
 *
 * @param text the filter as written, without {@code $share/GROUP/}
 */
public record TopicFilter(String text) {

  private static final int LONGEST = 65_535;
  private static final String ANY_LEVEL = "+";
  private static final String ANY_REST = "#";

  /**
   * @throws IllegalArgumentException if the text is no topic filter
   */
  public TopicFilter {
    String fault = fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(
          "topic filter '" + Printable.of(text) + "' is not valid: " + fault);
    }
  }

  /** Whether a message on this topic is one for a subscription with this filter. */
  public boolean matches(String topic) {
    String[] filter = levels(text);
    String[] levels = levels(topic);
    if (isWildcard(filter[0]) && topic.startsWith("$")) {
      return false;
    }
    for (int i = 0; i < filter.length; i++) {
      if (filter[i].equals(ANY_REST)) {
        return true; // the parent level too: levels may have ended one before
      }
      if (i == levels.length || !(filter[i].equals(ANY_LEVEL) || filter[i].equals(levels[i]))) {
        return false;
      }
    }
    return filter.length == levels.length;
  }

  /** Whether this filter matches every topic the other one matches. */
  public boolean covers(TopicFilter narrower) {
    String[] wide = levels(text);
    String[] narrow = levels(narrower.withoutTheEmptyTopic());
    if (isWildcard(wide[0]) && narrow[0].startsWith("$")) {
      return false;
    }
    for (int i = 0; i < wide.length; i++) {
      if (wide[i].equals(ANY_REST)) {
        return true;
      }
      if (i == narrow.length || narrow[i].equals(ANY_REST)) {
        return false;
      }
      if (!wide[i].equals(ANY_LEVEL) && !wide[i].equals(narrow[i])) {
        return false;
      }
    }
    return wide.length == narrow.length;
  }

  /** A topic is not empty: # and +/# are the same, and /# and /+/#; a/# and a/+/# are not. */
  private String withoutTheEmptyTopic() {
    return text.equals(ANY_REST) ? "+/#" : text.equals("/#") ? "/+/#" : text;
  }

  /** The levels of a filter or a topic, the empty ones among them. */
  public static String[] levels(String text) {
    return text.split("/", -1);
  }

  /**
   * Holds a text to the rules for topics that are published to.
   *
   * @return the text
   * @throws IllegalArgumentException if it is no topic name
   */
  public static String requireTopic(String topic) {
    String fault = faultOfAny(topic);
    if (fault == null && (topic.contains(ANY_LEVEL) || topic.contains(ANY_REST))) {
      fault = "a topic that is published to has no wildcards";
    }
    if (fault != null) {
      throw new IllegalArgumentException(
          "topic '" + Printable.of(topic) + "' is not valid: " + fault);
    }
    return topic;
  }

  private static boolean isWildcard(String level) {
    return level.equals(ANY_LEVEL) || level.equals(ANY_REST);
  }

  private static String fault(String filter) {
    String fault = faultOfAny(filter);
    if (fault != null) {
      return fault;
    }
    if (filter.startsWith(Subscription.SHARED)) {
      return "a grant names the topics themselves, not a shared subscription";
    }
    String[] levels = levels(filter);
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].contains(ANY_REST) && !(levels[i].equals(ANY_REST) && i == levels.length - 1)) {
        return "# must be the whole last level";
      }
      if (levels[i].contains(ANY_LEVEL) && !levels[i].equals(ANY_LEVEL)) {
        return "+ must be a whole level";
      }
    }
    return null;
  }

  private static String faultOfAny(String text) {
    if (text.isEmpty()) {
      return "it is empty";
    }
    if (text.indexOf('\0') >= 0) {
      return "it holds a NUL character";
    }
    // Three bytes a char at most: what is short enough need not be encoded to know.
    if (text.length() > LONGEST / 3 && text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return "it is longer than 65535 bytes";
    }
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
