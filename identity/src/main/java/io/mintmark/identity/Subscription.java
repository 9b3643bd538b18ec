package io.mintmark.identity;

/**
 * What a SUBSCRIBE asks for: a filter, alone or shared with a group (MQTT 5.0, section 4.8.2).
 * Immutable.
 *
 * @param group the name of the group; null for a subscription of one's own
 * @param filter the topics
 */
public record Subscription(String group, TopicFilter filter) {

  static final String SHARED = "$share/";

  /**
   * Reads it as a SUBSCRIBE writes it: {@code filter} or {@code $share/GROUP/filter}.
   *
   * @throws IllegalArgumentException if the group has no name, or one with a wildcard in it, or the
   *     filter is no topic filter
   */
  public static Subscription parse(String text) {
    if (!text.startsWith(SHARED)) {
      return new Subscription(null, new TopicFilter(text));
    }
    int end = text.indexOf('/', SHARED.length());
    String group = end < 0 ? "" : text.substring(SHARED.length(), end);
    if (group.isEmpty() || group.contains("+") || group.contains("#")) {
      throw new IllegalArgumentException("shared subscription '"
          + Printable.of(text)
          + "' is not valid: use $share/GROUP/filter, GROUP without + and #");
    }
    return new Subscription(group, new TopicFilter(text.substring(end + 1)));
  }

  /** Whether it is shared. */
  public boolean isShared() {
    return group != null;
  }
}
