package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.services.exception.RateLimitExceededException;
import com.hivemq.extension.sdk.api.services.general.IterationCallback;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import com.hivemq.extension.sdk.api.services.session.SessionInformation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HiveMQ's clients as far as the extension asks for them; answers each of the ways in which HiveMQ
 * does not disconnect.
 */
final class ReluctantClients implements ClientService {

  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> invalidated = new CopyOnWriteArrayList<>();

  /** The client ids a walk over all sessions finds. */
  final List<String> stored = new CopyOnWriteArrayList<>();

  final AtomicInteger walks = new AtomicInteger();

  @Override
  public CompletableFuture<Boolean> disconnectClient(
      String clientId, boolean preventWill, DisconnectReasonCode code, String reason) {
    asked.add(clientId + " " + code + (preventWill ? " without will" : "") + ": " + reason);
    return switch (asked.size() % 3) {
      case 0 -> CompletableFuture.completedFuture(true);
      case 1 -> CompletableFuture.failedFuture(new RateLimitExceededException());
      default -> CompletableFuture.completedFuture(false);
    };
  }

  @Override
  public CompletableFuture<Boolean> disconnectClient(String clientId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Boolean> disconnectClient(String clientId, boolean preventWill) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Boolean> isClientConnected(String clientId) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Optional<SessionInformation>> getSession(String clientId) {
    return CompletableFuture.completedFuture(
        invalidated.contains(clientId) ? Optional.empty() : Optional.of(new Stored(clientId)));
  }

  @Override
  public CompletableFuture<Boolean> invalidateSession(String clientId) {
    invalidated.add(clientId);
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Void> iterateAllClients(IterationCallback<SessionInformation> callback) {
    walks.incrementAndGet();
    for (String clientId : stored) {
      callback.iterate(null, new Stored(clientId));
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> iterateAllClients(
      IterationCallback<SessionInformation> callback, Executor executor) {
    throw new UnsupportedOperationException();
  }

  private record Stored(String clientId) implements SessionInformation {
    @Override
    public String getClientIdentifier() {
      return clientId;
    }

    @Override
    public long getSessionExpiryInterval() {
      return 3_600;
    }

    @Override
    public boolean isConnected() {
      return false;
    }
  }
}
