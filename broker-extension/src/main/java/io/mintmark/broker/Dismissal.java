package io.mintmark.broker;

import com.hivemq.extension.sdk.api.services.session.ClientService;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections there are when the extension stops: nobody would cut them any more. When the
 * whole broker stops HiveMQ has ended them before.
 */
final class Dismissal {

  private static final Logger log = LoggerFactory.getLogger(Dismissal.class);

  private final LiveSessions sessions;
  private final ClientService clients;
  private final SessionObserver observer;

  Dismissal(LiveSessions sessions, ClientService clients, SessionObserver observer) {
    this.sessions = sessions;
    this.clients = clients;
    this.observer = observer;
  }

  /** Each loses its permissions at once, even if HiveMQ will not disconnect it. */
  void run() {
    for (LiveSession session : sessions.all()) {
      if (session.cut(Refusal.NOT_RUNNING, System.nanoTime())) {
        observer.cut(session);
      }
      try {
        CompletableFuture<Boolean> unused = clients.disconnectClient(
            session.clientId(),
            false, // it has done nothing wrong: its will is sent
            Refusal.NOT_RUNNING.cutCode(),
            Refusal.NOT_RUNNING.text());
      } catch (RuntimeException e) {
        log.error("{} is not disconnected", session.identity(), e);
      }
    }
  }
}
