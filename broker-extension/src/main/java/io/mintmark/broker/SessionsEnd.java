package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import java.util.concurrent.CompletableFuture;

/**
 * Ends the connections there are when the extension stops: nobody would cut them any more. When the
 * whole broker stops HiveMQ has ended them before.
 */
final class SessionsEnd {

  private final LiveSessions sessions;
  private final ClientService clients;
  private final SessionObserver observer;

  SessionsEnd(LiveSessions sessions, ClientService clients, SessionObserver observer) {
    this.sessions = sessions;
    this.clients = clients;
    this.observer = observer;
  }

  void run() {
    for (LiveSession session : sessions.all()) {
      if (session.cut(Refusal.NOT_RUNNING.word(), System.nanoTime())) {
        observer.cut(session);
      }
      CompletableFuture<Boolean> unused = clients.disconnectClient(
          session.clientId(),
          false, // it has done nothing wrong: its will is sent
          DisconnectReasonCode.SERVER_SHUTTING_DOWN,
          Refusal.NOT_RUNNING.text());
    }
  }
}
