package io.mintmark.broker;

import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.client.parameter.InitializerInput;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.services.intializer.ClientInitializer;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.Printable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns away whom another extension has let in. HiveMQ goes by the first authenticator that decides,
 * and another extension may have the same priority as this one. Called before the CONNACK: such a
 * connection is never granted anything, and is ended.
 */
final class Uninvited implements ClientInitializer {

  private static final Logger log = LoggerFactory.getLogger(Uninvited.class);

  private static final long RETRY_MILLIS = 50;
  private static final int ATTEMPTS = 100;

  private final ClientService clients;
  private final Later later;
  private final SessionObserver observer;

  Uninvited(ClientService clients, Later later, SessionObserver observer) {
    this.clients = clients;
    this.later = later;
    this.observer = observer;
  }

  @Override
  public void initialize(InitializerInput input, ClientContext context) {
    if (SessionEvents.isMarked(input.getConnectionInformation())) {
      return;
    }
    context.getDefaultPermissions().clear();
    context.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    String clientId = input.getClientInformation().getClientId();
    log.error(
        "ANOTHER EXTENSION ADMITS CLIENTS: '{}' was never judged by this one, and is disconnected;"
            + " remove that extension",
        Printable.of(clientId));
    observer.refused(new RefusedConnect(
        Refusal.UNINVITED,
        null,
        null,
        clientId,
        RefusedConnect.address(input.getConnectionInformation()),
        "admitted by another extension"));
    later.run(0, () -> disconnect(clientId, 1));
  }

  private void disconnect(String clientId, int attempt) {
    CompletableFuture<Boolean> unused = clients
        .disconnectClient(
            clientId,
            true, // its will is as uninvited as it is
            DisconnectReasonCode.NOT_AUTHORIZED,
            Refusal.UNINVITED.text())
        .whenComplete((gone, fault) -> {
          if (!Boolean.TRUE.equals(gone) && attempt < ATTEMPTS) {
            later.run(RETRY_MILLIS, () -> disconnect(clientId, attempt + 1));
          }
        });
  }
}
