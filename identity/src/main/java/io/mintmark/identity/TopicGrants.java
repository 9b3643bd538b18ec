package io.mintmark.identity;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an identity may publish and subscribe to, as MQTT topic filters; whatever is not granted is
 * denied. In a fleet's policy the filters may hold {@code ${device}} and {@code ${fleet}}, in an
 * application's {@code ${app}}; {@link #resolve} puts the identity in. Immutable.
 *
 * <p>Because no identifier can hold a wildcard or a separator ({@link DeviceId}, {@link FleetId}),
 * a resolved filter has the same levels and wildcards as its template.
 *
 * @param publish filters of the topics it may publish to, will messages included
 * @param subscribe filters it may subscribe to; a subscription is granted when every topic it can
 *     match is
 */
public record TopicGrants(List<String> publish, List<String> subscribe) {

  /** Grants nothing. */
  public static final TopicGrants NONE = new TopicGrants(List.of(), List.of());

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  private static final int LONGEST = 65_535;

  /**
   * @throws IllegalArgumentException if a filter is not a valid MQTT topic filter (MQTT 5.0,
   *     section 4.7)
   */
  public TopicGrants {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
    publish.forEach(TopicGrants::requireFilter);
    subscribe.forEach(TopicGrants::requireFilter);
  }

  /**
   * The grants of one identity: its names in place of the variables.
   *
   * @throws IllegalArgumentException if a filter names a variable this kind of identity has not
   */
  public TopicGrants resolve(Identity identity) {
    Map<String, String> values = variables(identity);
    return new TopicGrants(
        publish.stream().map(f -> substitute(f, values)).toList(),
        subscribe.stream().map(f -> substitute(f, values)).toList());
  }

  private static Map<String, String> variables(Identity identity) {
    if (identity instanceof Identity.Device d) {
      return Map.of("device", d.device().value(), "fleet", d.fleet().value());
    }
    return identity instanceof Identity.Application a ? Map.of("app", a.name()) : Map.of();
  }

  /**
   * Replaces each {@code ${name}}; used for topic filters and for client id patterns.
   *
   * @throws IllegalArgumentException if a variable is not among the values
   */
  static String substitute(String template, Map<String, String> values) {
    Matcher m = VARIABLE.matcher(template);
    StringBuilder out = new StringBuilder();
    while (m.find()) {
      String value = values.get(m.group(1));
      if (value == null) {
        throw new IllegalArgumentException("'"
            + Printable.of(template)
            + "' names ${"
            + Printable.of(m.group(1))
            + "}, which is not one of "
            + values.keySet().stream().sorted().map(v -> "${" + v + "}").toList());
      }
      m.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return m.appendTail(out).toString();
  }

  private static void requireFilter(String filter) {
    String fault = fault(filter);
    if (fault != null) {
      throw new IllegalArgumentException(
          "topic filter '" + Printable.of(filter) + "' is not valid: " + fault);
    }
  }

  /** What is wrong with a topic filter by MQTT 5.0, section 4.7; null if nothing is. */
  private static String fault(String filter) {
    if (filter.isEmpty()) {
      return "it is empty";
    }
    if (filter.indexOf('\0') >= 0) {
      return "it holds a NUL character";
    }
    if (filter.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return "it is longer than 65535 bytes";
    }
    if (filter.startsWith("$share/")) {
      return "a grant names the topics themselves, not a shared subscription";
    }
    String[] levels = filter.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].contains("#") && !(levels[i].equals("#") && i == levels.length - 1)) {
        return "# must be the whole last level";
      }
      if (levels[i].contains("+") && !levels[i].equals("+")) {
        return "+ must be a whole level";
      }
    }
    return null;
  }
}
