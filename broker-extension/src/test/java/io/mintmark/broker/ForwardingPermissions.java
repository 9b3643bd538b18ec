package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import java.util.Collection;
import java.util.List;

/** HiveMQ's permissions, and somebody who is told of each change. */
abstract class ForwardingPermissions implements ModifiableDefaultPermissions {

  private final ModifiableDefaultPermissions real;

  ForwardingPermissions(ModifiableDefaultPermissions real) {
    this.real = real;
  }

  abstract void changed();

  @Override
  public List<TopicPermission> asList() {
    return real.asList();
  }

  @Override
  public void add(TopicPermission permission) {
    real.add(permission);
    changed();
  }

  @Override
  public void addAll(Collection<? extends TopicPermission> permissions) {
    real.addAll(permissions);
    changed();
  }

  @Override
  public void remove(TopicPermission permission) {
    real.remove(permission);
    changed();
  }

  @Override
  public void clear() {
    real.clear();
    changed();
  }

  @Override
  public DefaultAuthorizationBehaviour getDefaultBehaviour() {
    return real.getDefaultBehaviour();
  }

  @Override
  public void setDefaultBehaviour(DefaultAuthorizationBehaviour behaviour) {
    real.setDefaultBehaviour(behaviour);
    changed();
  }
}
