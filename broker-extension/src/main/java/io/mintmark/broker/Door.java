package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;

/**
 * In front of the authenticator: shut before the extension has started to its end, and from its stop
 * on. HiveMQ goes on asking an authenticator whose extension has failed to start or was stopped, and
 * nobody follows the feed for that one any more. Thread-safe.
 */
final class Door implements SimpleAuthenticator {

  private final SimpleAuthenticator authenticator;
  private final SessionObserver observer;
  private volatile boolean open;

  Door(SimpleAuthenticator authenticator, SessionObserver observer) {
    this.authenticator = authenticator;
    this.observer = observer;
  }

  void open() {
    open = true;
  }

  void shut() {
    open = false;
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    if (open) {
      authenticator.onConnect(input, output);
      return;
    }
    output.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    output.failAuthentication(Refusal.NOT_RUNNING.code(), Refusal.NOT_RUNNING.text());
    observer.refused(new RefusedConnect(
        Refusal.NOT_RUNNING,
        null,
        null,
        input.getClientInformation().getClientId(),
        RefusedConnect.address(input.getConnectionInformation()),
        "the extension has not started or was stopped"));
  }
}
