package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.MqttActivity;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.mintmark.identity.TopicGrants;
import java.util.ArrayList;
import java.util.List;

/** Topic grants in HiveMQ's terms. */
final class Permissions {

  private Permissions() {}

  /**
   * One ALLOW for each filter; what they do not cover is left to the default, DENY.
   *
   * @param grants resolved for one identity
   */
  static List<TopicPermission> of(TopicGrants grants) {
    List<TopicPermission> permissions =
        new ArrayList<>(grants.publish().size() + grants.subscribe().size());
    grants.publish().forEach(filter -> permissions.add(allow(filter, MqttActivity.PUBLISH)));
    grants.subscribe().forEach(filter -> permissions.add(allow(filter, MqttActivity.SUBSCRIBE)));
    return permissions;
  }

  private static TopicPermission allow(String filter, MqttActivity activity) {
    return Builders.topicPermission()
        .topicFilter(filter)
        .activity(activity)
        .type(TopicPermission.PermissionType.ALLOW)
        .build();
  }
}
