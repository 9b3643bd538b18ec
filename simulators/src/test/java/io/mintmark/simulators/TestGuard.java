package io.mintmark.simulators;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The least a broker has to do for the demo's claims to hold. */
final class TestGuard implements ExtensionMain, SimpleAuthenticator {

  private static final TopicGrants DEVICE = new TopicGrants(
      List.of("telemetry/${fleet}/${device}/#"), List.of("commands/${fleet}/${device}/#"));

  private final Map<String, TopicGrants> applications = new ConcurrentHashMap<>();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  void permit(String application, TopicGrants grants) {
    applications.put(application, grants);
  }

  void revoke(DeviceId device) {
    revoked.add(device.value());
    cut(device);
  }

  /** Ends its connection, and nothing else. */
  void cut(DeviceId device) {
    var unused = Services.clientService().disconnectClient(device.value(), true);
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.securityRegistry().setAuthenticatorProvider(ignored -> this);
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    Identity identity = Identity.of(input
        .getConnectionInformation()
        .getClientTlsInformation()
        .orElseThrow()
        .getClientCertificate()
        .orElseThrow());
    String clientId = input.getClientInformation().getClientId();
    if (!clientId.equals(identity.name()) || revoked.contains(identity.name())) {
      output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED);
      return;
    }
    ModifiableDefaultPermissions permissions = output.getDefaultPermissions();
    permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    TopicGrants grants =
        identity instanceof Identity.Device ? DEVICE : applications.get(identity.name());
    TopicGrants own = grants.resolve(identity);
    own.publish()
        .forEach(
            filter -> permissions.add(permission(filter, TopicPermission.MqttActivity.PUBLISH)));
    own.subscribe()
        .forEach(
            filter -> permissions.add(permission(filter, TopicPermission.MqttActivity.SUBSCRIBE)));
    output.authenticateSuccessfully();
  }

  private static TopicPermission permission(String filter, TopicPermission.MqttActivity activity) {
    return Builders.topicPermission().topicFilter(filter).activity(activity).build();
  }
}
