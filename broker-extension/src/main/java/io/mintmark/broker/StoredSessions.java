package io.mintmark.broker;

import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the MQTT sessions HiveMQ keeps for an identity that is denied for good: its subscriptions,
 * the messages queued for it, and a will still to be sent.
 */
final class StoredSessions {

  private static final Logger log = LoggerFactory.getLogger(StoredSessions.class);

  private static final long RETRY_MILLIS = 100;
  private static final int ATTEMPTS = 100;

  private final ClientService clients;
  private final Later later;

  StoredSessions(ClientService clients, Later later) {
    this.clients = clients;
    this.later = later;
  }

  /**
   * Ends every session under a client id of this identity.
   *
   * @param spiffeId as the denial names it; what is no device or application has no session
   */
  void forget(String spiffeId, FeedSnapshot snapshot) {
    Identity identity;
    try {
      identity = Identity.parse(spiffeId);
    } catch (IllegalArgumentException e) {
      log.warn("a denial names no identity: {}", e.getMessage());
      return;
    }
    if (identity instanceof Identity.Broker) {
      return;
    }
    if (!(identity instanceof Identity.Device device)) {
      forget(identity.name(), 1);
      return;
    }
    if (!snapshot.applications().containsKey(identity.name())) {
      forget(identity.name(), 1);
    }
    snapshot
        .fleet(device.fleet())
        .map(FleetPolicy::clientId)
        .filter(template -> template.endsWith("*"))
        .ifPresent(template -> forgetAll(identity, new ClientIdPattern(template)));
  }

  /** Where the fleet allows suffixes only HiveMQ knows which were used. */
  private void forgetAll(Identity identity, ClientIdPattern pattern) {
    CompletableFuture<Void> unused = clients
        .iterateAllClients((context, session) -> {
          String clientId = session.getClientIdentifier();
          if (!clientId.equals(identity.name()) && pattern.permits(identity, clientId)) {
            forget(clientId, 1);
          }
        })
        .whenComplete((done, fault) -> {
          if (fault != null) {
            log.error("the stored sessions of {} could not be looked for", identity, fault);
          }
        });
  }

  private void forget(String clientId, int attempt) {
    later.run(attempt == 1 ? 0 : RETRY_MILLIS, () -> end(clientId, attempt));
  }

  /**
   * Only a session that is disconnected is invalidated: before that HiveMQ would send its will, and
   * the end of the connection would write the session's old expiry back.
   */
  private void end(String clientId, int attempt) {
    CompletableFuture<Boolean> unused = clients
        // Of a client that is not connected this cancels a will with a delay.
        .disconnectClient(clientId, true)
        .thenCompose(gone -> clients.isClientConnected(clientId))
        .thenCompose(connected -> connected
            ? CompletableFuture.completedFuture(false)
            : clients.invalidateSession(clientId))
        .whenComplete((done, fault) -> verify(clientId, attempt));
  }

  private void verify(String clientId, int attempt) {
    CompletableFuture<?> unused = clients.getSession(clientId).whenComplete((session, fault) -> {
      if (fault == null && session.isEmpty()) {
        log.debug("no session is stored for {} any more", clientId);
      } else if (attempt < ATTEMPTS) {
        forget(clientId, attempt + 1);
      } else {
        log.error("the stored session of {} could not be ended", clientId, fault);
      }
    });
  }
}
