package io.mintmark.broker;

import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationFailedInput;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ClientInitiatedDisconnectInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionLostInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ServerInitiatedDisconnectInput;
import com.hivemq.extension.sdk.api.parameter.ClientBasedInput;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes a connection off the list when it ends, however it ends: refused later on (a will on a
 * foreign topic), closed, lost, taken over or cut. One instance serves all connections; the
 * connection itself carries the number of its session.
 */
final class SessionEvents implements ClientLifecycleEventListener {

  private static final String NUMBER = "mintmark.session";
  private static final String CLOSED = "closed";
  private static final String LOST = "lost";

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

  /** The session of a connection; empty if it has none, or none any more. */
  static Optional<LiveSession> session(ConnectionInformation connection, LiveSessions sessions) {
    return connection
        .getConnectionAttributeStore()
        .get(NUMBER)
        .map(number -> sessions.get(number.getLong(number.position())));
  }

  @Override
  public void onDisconnect(DisconnectEventInput event) {
    ended(event, event.getReasonCode().map(SessionEvents::word).orElse("disconnected"));
  }

  @Override
  public void onClientInitiatedDisconnect(ClientInitiatedDisconnectInput event) {
    ended(event, CLOSED);
  }

  @Override
  public void onConnectionLost(ConnectionLostInput event) {
    ended(event, LOST);
  }

  @Override
  public void onServerInitiatedDisconnect(ServerInitiatedDisconnectInput event) {
    closed(event);
    onDisconnect(event);
  }

  /** {@inheritDoc} Whom we have refused has no session any more; HiveMQ refuses wills. */
  @Override
  public void onAuthenticationFailedDisconnect(AuthenticationFailedInput event) {
    closed(event);
    onDisconnect(event);
  }

  private void closed(DisconnectEventInput event) {
    session(event.getConnectionInformation(), sessions)
        // A cut one was ended by us.
        .filter(session -> !session.isCut())
        .ifPresent(session -> observer.closed(
            session,
            event.getReasonCode().map(SessionEvents::word).orElse("none"),
            event.getReasonString().orElse(null)));
  }

  private static String word(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void ended(ClientBasedInput event, String how) {
    session(event.getConnectionInformation(), sessions).ifPresent(session -> {
      session.end(how);
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
