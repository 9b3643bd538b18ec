package io.mintmark.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What an identity may publish and subscribe to; whatever is not granted is denied. In a fleet's
 * policy the topics may hold {@code ${device}}, {@code ${fleet}} and {@code ${attr.NAME}}, in an
 * application's {@code ${app}}; {@link #resolve} puts the identity in. Immutable.
 *
 * <p>Because no identifier and no attribute that is put in can hold a wildcard or a separator
 * ({@link DeviceId}, {@link FleetId}), a resolved filter has the same levels and wildcards as its
 * template.
 *
 * <p>Grants with limits are apart from those without, which are mere filters: a broker older than
 * limits passes over what it does not know, and grants less instead of more.
 *
 * @param publish filters of topics it may publish to without further limits
 * @param subscribe filters it may subscribe to without further limits
 * @param publishLimited what else it may publish
 * @param subscribeLimited what else it may subscribe to
 */
public record TopicGrants(
    List<String> publish,
    List<String> subscribe,
    List<PublishGrant> publishLimited,
    List<SubscribeGrant> subscribeLimited) {

  /** Grants nothing. */
  public static final TopicGrants NONE = new TopicGrants(List.of(), List.of());

  private static final String OPENING = "${";
  private static final String CLOSING = "}";
  private static final String ATTRIBUTE = "attr.";

  /**
   * @throws IllegalArgumentException if a filter is not a valid MQTT topic filter (MQTT 5.0,
   *     section 4.7)
   */
  public TopicGrants {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
    // Not there in what was written before there were limits.
    publishLimited = publishLimited == null ? List.of() : List.copyOf(publishLimited);
    subscribeLimited = subscribeLimited == null ? List.of() : List.copyOf(subscribeLimited);
    publish.forEach(TopicFilter::new);
    subscribe.forEach(TopicFilter::new);
  }

  /** Grants without limits. */
  public TopicGrants(List<String> publish, List<String> subscribe) {
    this(publish, subscribe, List.of(), List.of());
  }

  /** These grants. */
  public static TopicGrants of(List<PublishGrant> publish, List<SubscribeGrant> subscribe) {
    return new TopicGrants(
        publish.stream().filter(PublishGrant::plain).map(PublishGrant::topic).toList(),
        subscribe.stream()
            .filter(SubscribeGrant::plain)
            .map(SubscribeGrant::topic)
            .toList(),
        publish.stream().filter(Predicate.not(PublishGrant::plain)).toList(),
        subscribe.stream().filter(Predicate.not(SubscribeGrant::plain)).toList());
  }

  /** All that allow to publish. */
  public List<PublishGrant> publishGrants() {
    return together(publish, PublishGrant::new, publishLimited);
  }

  /** All that allow to subscribe. */
  public List<SubscribeGrant> subscribeGrants() {
    return together(subscribe, SubscribeGrant::new, subscribeLimited);
  }

  /** Asked for each connection, so without streams. */
  private static <T> List<T> together(
      List<String> plain, Function<String, T> grant, List<T> limited) {
    List<T> all = new ArrayList<>(plain.size() + limited.size());
    plain.forEach(topic -> all.add(grant.apply(topic)));
    all.addAll(limited);
    return Collections.unmodifiableList(all);
  }

  /** Whether a PUBLISH or a will is granted; to be asked of resolved grants. */
  public boolean allowsPublish(String topic, int qos, boolean retain) {
    return publishGrants().stream().anyMatch(grant -> grant.allows(topic, qos, retain));
  }

  /**
   * The highest QoS a subscription is granted; empty if it is not. One grant must cover all its
   * topics. To be asked of resolved grants.
   *
   * @param filter as a SUBSCRIBE writes it
   */
  public OptionalInt subscribeQos(String filter) {
    Subscription subscription;
    try {
      subscription = Subscription.parse(filter);
    } catch (IllegalArgumentException e) {
      return OptionalInt.empty();
    }
    return subscribeGrants().stream()
        .filter(grant -> grant.covers(subscription))
        .mapToInt(SubscribeGrant::qos)
        .max();
  }

  /** Whether a message on this topic is for it, whichever subscription brings it. */
  public boolean allowsDelivery(String topic) {
    return subscribeGrants().stream().anyMatch(g -> new TopicFilter(g.topic()).matches(topic));
  }

  /** The attributes of devices these grants name, sorted. */
  public Set<String> attributeNames() {
    Set<String> names = new TreeSet<>();
    UnaryOperator<String> noting = name -> {
      if (name.startsWith(ATTRIBUTE)) {
        names.add(name.substring(ATTRIBUTE.length()));
      }
      return name;
    };
    topics().forEach(topic -> substitute(topic, noting, Set::of));
    return names;
  }

  private Stream<String> topics() {
    return Stream.of(
            publish.stream(),
            subscribe.stream(),
            publishLimited.stream().map(PublishGrant::topic),
            subscribeLimited.stream().map(SubscribeGrant::topic))
        .flatMap(topics -> topics);
  }

  /**
   * The grants of one identity without attributes.
   *
   * @throws IllegalArgumentException as {@link #resolve(Identity, Map)}
   */
  public TopicGrants resolve(Identity identity) {
    return resolve(identity, Map.of());
  }

  /**
   * The grants of one identity: its names and attributes in place of the variables.
   *
   * @param attributes a device's, by name
   * @throws IllegalArgumentException if a filter names a variable this kind of identity has not, or
   *     an attribute this device has not, or one that cannot stand in a topic
   */
  public TopicGrants resolve(Identity identity, Map<String, String> attributes) {
    Map<String, String> values = variables(identity);
    return map(topic -> resolve(topic, identity, attributes, values));
  }

  /**
   * One topic filter of an identity; see {@link #resolve(Identity, Map)}.
   *
   * @throws IllegalArgumentException as there
   */
  public static String resolve(String topic, Identity identity, Map<String, String> attributes) {
    return resolve(topic, identity, attributes, variables(identity));
  }

  private static String resolve(
      String topic, Identity identity, Map<String, String> attributes, Map<String, String> values) {
    if (!topic.contains(OPENING)) {
      return topic;
    }
    return substitute(
        topic,
        name -> name.startsWith(ATTRIBUTE) && identity instanceof Identity.Device
            ? attribute(topic, name.substring(ATTRIBUTE.length()), identity, attributes)
            : values.get(name),
        values::keySet);
  }

  /** In doubt nothing is granted: a value that could widen a filter does not get into one. */
  private static String attribute(
      String topic, String name, Identity identity, Map<String, String> attributes) {
    String value = attributes.get(name);
    if (value != null && DeviceId.isValid(value)) {
      return value;
    }
    String what =
        "'" + Printable.of(topic) + "' names the attribute '" + Printable.of(name) + "', ";
    if (value == null) {
      throw new IllegalArgumentException(what + "which " + identity.name()
          + " does not have: import a manifest that gives it one");
    }
    throw new IllegalArgumentException(what
        + "which for "
        + identity.name()
        + " is '"
        + Printable.of(value)
        + "': in a topic only 1 to 64 of A-Z a-z 0-9 . _ - can stand for it (and not . or ..)");
  }

  private TopicGrants map(Function<String, String> resolution) {
    return new TopicGrants(
        mapped(publish, resolution),
        mapped(subscribe, resolution),
        mapped(publishLimited, grant -> grant.withTopic(resolution.apply(grant.topic()))),
        mapped(subscribeLimited, grant -> grant.withTopic(resolution.apply(grant.topic()))));
  }

  private static <T> List<T> mapped(List<T> grants, Function<T, T> resolution) {
    List<T> out = new ArrayList<>(grants.size());
    grants.forEach(grant -> out.add(resolution.apply(grant)));
    return out;
  }

  private static Map<String, String> variables(Identity identity) {
    Map<String, String> values = new HashMap<>();
    if (identity instanceof Identity.Device d) {
      values.put("device", d.device().value());
      values.put("fleet", d.fleet().value());
    } else if (identity instanceof Identity.Application a) {
      values.put("app", a.name());
    }
    return values;
  }

  /**
   * Replaces each {@code ${name}}.
   *
   * @param values null for a name that stands for nothing here
   * @param names those there are, for the message
   * @throws IllegalArgumentException if a variable stands for nothing
   */
  private static String substitute(
      String template, UnaryOperator<String> values, Supplier<Set<String>> names) {
    StringBuilder out = new StringBuilder(template.length() + 64);
    int from = 0;
    int start = template.indexOf(OPENING);
    int end = template.indexOf(CLOSING, start);
    while (start >= 0 && end >= 0) {
      String name = template.substring(start + OPENING.length(), end);
      String value = values.apply(name);
      if (value == null) {
        throw new IllegalArgumentException("'"
            + Printable.of(template)
            + "' names ${"
            + Printable.of(name)
            + "}, which is not one of "
            + names.get().stream().sorted().map(v -> "${" + v + "}").toList());
      }
      out.append(template, from, start).append(value);
      from = end + 1;
      start = template.indexOf(OPENING, from);
      end = template.indexOf(CLOSING, start);
    }
    return out.append(template, from, template.length()).toString();
  }
}
