package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.MqttActivity;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.PermissionType;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.Qos;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.Retain;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.SharedSubscription;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.builder.TopicPermissionBuilder;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicFilter;
import io.mintmark.identity.TopicGrants;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Topic grants in HiveMQ's terms, which are not quite those of MQTT: HiveMQ passes over slashes at the
 * end of a topic where a permission has no wildcard, and at the end of a permission always. What it
 * decides by itself, each PUBLISH, is exact all the same: a DENY catches what lies below a grant
 * without wildcards. Only where a grant ends in a slash there are no such words; then what is
 * granted here is wider, and {@link PublishGate} has the last word.
 *
 * <p>Each SUBSCRIBE is decided by {@link SubscribeGate}; what is granted here is never narrower.
 */
final class Permissions {

  private final MqttActivity activity;
  private final Supplier<TopicPermissionBuilder> builders;
  private final List<TopicPermission> wildcards = new ArrayList<>();
  private final List<Exact> exact = new ArrayList<>();

  private record Exact(int levels, TopicPermission permission) {}

  private Permissions(MqttActivity activity, Supplier<TopicPermissionBuilder> builders) {
    this.activity = activity;
    this.builders = builders;
  }

  /** For publishing; what they do not cover is left to the default, DENY. */
  static List<TopicPermission> publish(TopicGrants grants) {
    return publish(grants, Builders::topicPermission);
  }

  /**
   * The same.
   *
   * @param builders HiveMQ's
   */
  static List<TopicPermission> publish(
      TopicGrants grants, Supplier<TopicPermissionBuilder> builders) {
    Permissions permissions = new Permissions(MqttActivity.PUBLISH, builders);
    for (PublishGrant grant : grants.publishGrants()) {
      permissions.add(
          grant.topic(),
          permissions
              .allow(grant.topic())
              .qos(atMost(grant.qos()))
              .retain(grant.retain() ? Retain.ALL : Retain.NOT_RETAINED));
    }
    return permissions.inOrder();
  }

  /**
   * For subscribing; their QoS is left to {@link SubscribeGate}.
   *
   * @param builders HiveMQ's
   */
  static List<TopicPermission> subscribe(
      TopicGrants grants, Supplier<TopicPermissionBuilder> builders) {
    Permissions permissions = new Permissions(MqttActivity.SUBSCRIBE, builders);
    List<TopicPermission> all = new ArrayList<>();
    for (SubscribeGrant grant : grants.subscribeGrants()) {
      if (all.isEmpty() && (grant.topic().startsWith("+") || grant.topic().startsWith("#"))) {
        // HiveMQ takes a wildcard to cover $-topics too.
        all.add(permissions.deny(SubscribeGate.REFUSED + "#"));
      }
      permissions.add(
          grant.topic(),
          permissions
              .allow(grant.topic())
              .sharedSubscription(
                  switch (grant.shared()) {
                    case NO -> SharedSubscription.NOT_SHARED;
                    case YES -> SharedSubscription.ALL;
                    case ONLY -> SharedSubscription.SHARED;
                  }));
    }
    all.addAll(permissions.inOrder());
    return all;
  }

  /** Whether HiveMQ's permissions cannot say what these grants allow to publish. */
  static boolean needPublishGate(TopicGrants grants) {
    return grants.publish().stream().anyMatch(topic -> topic.endsWith("/"))
        || grants.publishLimited().stream().anyMatch(grant -> grant.topic().endsWith("/"));
  }

  /**
   * Puts others in the place of those there. At no moment is anything allowed that neither allows, nor
   * anything denied that both allow: the new ones come behind the old, which then go from the last to
   * the first. For a moment without any, a device that publishes would be thrown out by HiveMQ.
   */
  static void replace(ModifiableDefaultPermissions permissions, List<TopicPermission> next) {
    List<TopicPermission> before = new ArrayList<>(permissions.asList());
    permissions.addAll(next);
    Collections.reverse(before);
    before.forEach(permissions::remove);
    permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
  }

  private void add(String topic, TopicPermissionBuilder permission) {
    if (topic.contains("+") || topic.contains("#") || topic.endsWith("/")) {
      wildcards.add(permission.build());
    } else {
      exact.add(new Exact(TopicFilter.levels(topic).length, permission.build()));
    }
  }

  /** The first that matches decides: before a grant of n levels all that is deeper is denied. */
  private List<TopicPermission> inOrder() {
    List<TopicPermission> all = new ArrayList<>(wildcards);
    exact.sort(Comparator.comparingInt(Exact::levels).reversed());
    int levels = 0;
    for (Exact grant : exact) {
      if (grant.levels() != levels) {
        levels = grant.levels();
        all.add(deny("+/".repeat(levels + 1) + "#"));
      }
      all.add(grant.permission());
    }
    return all;
  }

  private TopicPermissionBuilder allow(String topic) {
    return builders
        .get()
        .topicFilter(topic.endsWith("/") ? topic + "+" : topic)
        .activity(activity)
        .type(PermissionType.ALLOW);
  }

  private TopicPermission deny(String filter) {
    return builders
        .get()
        .topicFilter(filter)
        .activity(activity)
        .type(PermissionType.DENY)
        .build();
  }

  private static Qos atMost(int qos) {
    return switch (qos) {
      case 0 -> Qos.ZERO;
      case 1 -> Qos.ZERO_ONE;
      default -> Qos.ALL;
    };
  }
}
