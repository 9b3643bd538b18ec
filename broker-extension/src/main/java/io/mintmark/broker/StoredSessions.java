package io.mintmark.broker;

import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the MQTT sessions HiveMQ keeps for identities that are denied for good, and for applications
 * that were removed: their subscriptions, the messages queued for them, and a will still to be sent.
 */
final class StoredSessions {

  private static final Logger log = LoggerFactory.getLogger(StoredSessions.class);

  private static final long RETRY_MILLIS = 100;
  private static final int ATTEMPTS = 100;
  private static final long SWEPT_AFTER_MILLIS = 30_000;

  private final ClientService clients;
  private final Later later;

  StoredSessions(ClientService clients, Later later) {
    this.clients = clients;
    this.later = later;
  }

  /** Ends the sessions of those who may never come back from now on. */
  void changed(FeedSnapshot before, FeedSnapshot after) {
    Map<String, Identity.Device> suffixed = new HashMap<>();
    for (Denial denial : after.deniedIdentities().values()) {
      if (!isForGood(denial) || isForGood(before.deniedIdentities().get(denial.subject()))) {
        continue;
      }
      Identity identity = identity(denial);
      if (identity instanceof Identity.Device device) {
        if (isOf(device, device.name(), after)) {
          forget(device.name(), Refusal.of(denial), 1);
        }
        if (clientIds(after, device).template().endsWith("*")) {
          suffixed.put(device.name(), device);
        }
      } else if (identity instanceof Identity.Application) {
        forget(identity.name(), Refusal.of(denial), 1);
      }
    }
    // Where the fleet allows suffixes only HiveMQ knows which were used.
    forgetAll(suffixed, after);
    for (ApplicationPolicy application : after.applications().values()) {
      String name = application.application();
      if (application.removed() && !isRemoved(before.applications().get(name))) {
        forget(name, Refusal.REMOVED_APPLICATION, 1);
      }
    }
  }

  /**
   * Has what is left of devices that were denied for good before ended: the broker may have stopped
   * between a denial and its work. That is in no hurry, and the herd of a start is.
   *
   * @param current says who is denied by then
   * @param timer not HiveMQ's, which is waited for when HiveMQ stops
   */
  void sweepLater(Supplier<FeedSnapshot> current, Later timer) {
    timer.run(SWEPT_AFTER_MILLIS, () -> sweep(current.get()));
  }

  /** One walk for all of them. */
  void sweep(FeedSnapshot snapshot) {
    Map<String, Identity.Device> gone = new HashMap<>();
    for (Denial denial : snapshot.deniedIdentities().values()) {
      if (isForGood(denial) && identity(denial) instanceof Identity.Device device) {
        gone.put(device.name(), device);
      }
    }
    forgetAll(gone, snapshot);
  }

  /** A suspended device may be revoked later on, which is news then. */
  private static boolean isForGood(Denial denial) {
    return denial != null && Refusal.of(denial) != Refusal.SUSPENDED;
  }

  private static boolean isRemoved(ApplicationPolicy policy) {
    return policy != null && policy.removed();
  }

  /** Null if it names none. */
  private static Identity identity(Denial denial) {
    try {
      return Identity.parse(denial.subject());
    } catch (IllegalArgumentException e) {
      log.warn("a denial names no identity: {}", e.getMessage());
      return null;
    }
  }

  /** Whether a session is the device's; the one under an application's name is the application's. */
  private static boolean isOf(Identity.Device device, String clientId, FeedSnapshot snapshot) {
    return clientIds(snapshot, device).permits(device, clientId)
        && !snapshot.applications().containsKey(clientId);
  }

  /** Those of a fleet that was removed are known all the same. */
  private static ClientIdPattern clientIds(FeedSnapshot snapshot, Identity.Device device) {
    FleetPolicy fleet = snapshot.fleets().get(device.fleet().value());
    return fleet == null ? ClientIdPattern.EXACT : new ClientIdPattern(fleet.clientId());
  }

  /** One walk, however many devices: a client id names its device, up to the separator. */
  private void forgetAll(Map<String, Identity.Device> byName, FeedSnapshot snapshot) {
    if (byName.isEmpty()) {
      return;
    }
    CompletableFuture<Void> unused = clients
        .iterateAllClients((context, session) -> {
          String clientId = session.getClientIdentifier();
          Identity.Device device = byName.get(ClientIdPattern.device(clientId));
          if (device != null && isOf(device, clientId, snapshot)) {
            snapshot
                .denialOfIdentity(device)
                .ifPresent(denial -> forget(clientId, Refusal.of(denial), 1));
          }
        })
        .whenComplete((done, fault) -> {
          if (fault != null) {
            log.error(
                "the stored sessions of {} revoked devices could not be looked for",
                byName.size(),
                fault);
          }
        });
  }

  private void forget(String clientId, Refusal reason, int attempt) {
    later.run(attempt == 1 ? 0 : RETRY_MILLIS, () -> end(clientId, reason, attempt));
  }

  /**
   * Only a session that is disconnected is invalidated: before that HiveMQ would send its will, and
   * the end of the connection would write the session's old expiry back.
   */
  private void end(String clientId, Refusal reason, int attempt) {
    CompletableFuture<Boolean> unused = clients
        // Of a client that is not connected this cancels a will with a delay. One that is connected
        // is being cut at this moment, and should hear the same from both.
        .disconnectClient(clientId, true, reason.cutCode(), reason.text())
        .thenCompose(gone -> clients.isClientConnected(clientId))
        .thenCompose(connected -> connected
            ? CompletableFuture.completedFuture(false)
            : clients.invalidateSession(clientId))
        .whenComplete((done, fault) -> verify(clientId, reason, attempt));
  }

  private void verify(String clientId, Refusal reason, int attempt) {
    CompletableFuture<?> unused = clients.getSession(clientId).whenComplete((session, fault) -> {
      if (fault == null && session.isEmpty()) {
        log.debug("no session is stored for {} any more", clientId);
      } else if (attempt < ATTEMPTS) {
        forget(clientId, reason, attempt + 1);
      } else {
        log.error("the stored session of {} could not be ended", clientId, fault);
      }
    });
  }
}
