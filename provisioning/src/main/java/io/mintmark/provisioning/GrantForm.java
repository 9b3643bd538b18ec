package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.SubscribeGrant.Shared;
import io.mintmark.identity.TopicGrants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Grants in JSON, in columns and over the operator API alike: a string where there is no limit but the
 * topic, as it always was, else an object with {@code topic}, {@code qos} and {@code retain} or {@code
 * shared}. What an object does not say is not granted, but the QoS.
 */
public final class GrantForm {

  private static final String TOPIC = "topic";
  private static final String QOS = "qos";
  private static final String RETAIN = "retain";
  private static final String SHARED = "shared";

  private GrantForm() {}

  /** The grants to publish, each a string or a map. */
  public static List<Object> publish(TopicGrants grants) {
    List<Object> out = new ArrayList<>(grants.publish());
    grants.publishLimited().forEach(g -> out.add(map(g.topic(), g.qos(), RETAIN, g.retain())));
    return out;
  }

  /** The grants to subscribe, each a string or a map. */
  public static List<Object> subscribe(TopicGrants grants) {
    List<Object> out = new ArrayList<>(grants.subscribe());
    grants
        .subscribeLimited()
        .forEach(g -> out.add(map(
            g.topic(), g.qos(), SHARED, g.shared() == Shared.ONLY ? "only" : shares(g.shared()))));
    return out;
  }

  private static boolean shares(Shared shared) {
    return shared == Shared.YES;
  }

  private static Map<String, Object> map(String topic, int qos, String limit, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(TOPIC, topic);
    map.put(QOS, qos);
    map.put(limit, value);
    return map;
  }

  /**
   * Reads grants.
   *
   * @param publish each a string or a map; null for none
   * @param subscribe likewise
   * @throws IllegalArgumentException naming what is not a grant
   */
  public static TopicGrants read(List<?> publish, List<?> subscribe) {
    return TopicGrants.of(
        all(publish, GrantForm::publishGrant), all(subscribe, GrantForm::subscribeGrant));
  }

  private static <T> List<T> all(List<?> forms, Function<Object, T> reading) {
    List<T> grants = new ArrayList<>();
    if (forms != null) {
      forms.forEach(form -> grants.add(reading.apply(form)));
    }
    return grants;
  }

  private static PublishGrant publishGrant(Object form) {
    if (form instanceof String topic) {
      return new PublishGrant(topic);
    }
    Map<?, ?> map = map(form, RETAIN);
    return new PublishGrant(
        topic(map), qos(map.get(QOS)), "true".equals(word(map, RETAIN, List.of("true", "false"))));
  }

  private static SubscribeGrant subscribeGrant(Object form) {
    if (form instanceof String topic) {
      return new SubscribeGrant(topic);
    }
    Map<?, ?> map = map(form, SHARED);
    return new SubscribeGrant(
        topic(map), qos(map.get(QOS)), shared(word(map, SHARED, List.of("true", "false", "only"))));
  }

  /** What {@code shared: WORD} means. */
  static Shared shared(String word) {
    return switch (word) {
      case "true" -> Shared.YES;
      case "only" -> Shared.ONLY;
      default -> Shared.NO;
    };
  }

  private static Map<?, ?> map(Object form, String limit) {
    if (!(form instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("a grant is '" + Printable.of(String.valueOf(form))
          + "': use a topic filter, or an" + " object with topic, qos and " + limit);
    }
    for (Object key : map.keySet()) {
      if (!List.of(TOPIC, QOS, limit).contains(key)) {
        throw new IllegalArgumentException("unknown key '" + Printable.of(String.valueOf(key))
            + "' in a grant: use topic, qos and " + limit);
      }
    }
    return map;
  }

  private static String topic(Map<?, ?> map) {
    if (map.get(TOPIC) instanceof String topic) {
      return topic;
    }
    throw new IllegalArgumentException("a grant has no 'topic'");
  }

  private static int qos(Object value) {
    if (value == null) {
      return 2;
    }
    if (value instanceof Integer qos) {
      return qos;
    }
    throw new IllegalArgumentException(
        "QoS '" + Printable.of(value.toString()) + "' is not valid: use 0, 1 or 2");
  }

  private static String word(Map<?, ?> map, String key, List<String> words) {
    Object value = map.get(key);
    String word = value == null ? "false" : value.toString().toLowerCase(Locale.ROOT);
    if (!words.contains(word)) {
      throw new IllegalArgumentException(
          "'" + key + "' is '" + Printable.of(word) + "' in a grant: use one of " + words);
    }
    return word;
  }
}
