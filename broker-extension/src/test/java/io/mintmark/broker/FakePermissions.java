package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** HiveMQ's permissions of a connection, as a list. */
final class FakePermissions implements ModifiableDefaultPermissions {

  private final List<TopicPermission> permissions = new ArrayList<>();
  private DefaultAuthorizationBehaviour fallback = DefaultAuthorizationBehaviour.ALLOW;

  @Override
  public List<TopicPermission> asList() {
    return permissions;
  }

  @Override
  public void add(TopicPermission permission) {
    permissions.add(permission);
  }

  @Override
  public void addAll(Collection<? extends TopicPermission> more) {
    permissions.addAll(more);
  }

  @Override
  public void remove(TopicPermission permission) {
    permissions.remove(permission);
  }

  @Override
  public void clear() {
    permissions.clear();
  }

  @Override
  public DefaultAuthorizationBehaviour getDefaultBehaviour() {
    return fallback;
  }

  @Override
  public void setDefaultBehaviour(DefaultAuthorizationBehaviour behaviour) {
    fallback = behaviour;
  }
}
