package io.mintmark.broker;

import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import java.nio.ByteBuffer;

/**
 * Takes a connection off the list when it ends, however it ends: refused later on (a will on a
 * foreign topic), closed, lost, taken over or cut. One instance serves all connections; the
 * connection itself carries the number of its session.
 */
final class SessionEvents implements ClientLifecycleEventListener {

  private static final String NUMBER = "mintmark.session";

  private final LiveSessions sessions;
  private final SessionObserver observer;

  SessionEvents(LiveSessions sessions, SessionObserver observer) {
    this.sessions = sessions;
    this.observer = observer;
  }

  /** Writes the session's number on its connection. */
  static void mark(ConnectionInformation connection, LiveSession session) {
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).putLong(0, session.number());
    connection.getConnectionAttributeStore().put(NUMBER, number);
  }

  /** Whether the connection carries a session's number. */
  static boolean isMarked(ConnectionInformation connection) {
    return connection.getConnectionAttributeStore().get(NUMBER).isPresent();
  }

  @Override
  public void onDisconnect(DisconnectEventInput event) {
    event
        .getConnectionInformation()
        .getConnectionAttributeStore()
        .get(NUMBER)
        .map(number -> sessions.get(number.getLong(number.position())))
        .ifPresent(session -> {
          sessions.remove(session);
          observer.ended(session);
        });
  }

  @Override
  public void onMqttConnectionStart(ConnectionStartInput event) {
    // Nothing is known about the connection before its CONNECT is judged.
  }

  @Override
  public void onAuthenticationSuccessful(AuthenticationSuccessfulInput event) {
    // It was registered by the authenticator, before it was successful.
  }
}
