package io.mintmark.broker;

import com.hivemq.configuration.service.FullConfigurationService;
import com.hivemq.configuration.service.impl.MqttConfigurationServiceImpl;
import com.hivemq.configuration.service.impl.RestrictionsConfigurationServiceImpl;
import com.hivemq.configuration.service.impl.SecurityConfigurationServiceImpl;
import com.hivemq.extension.sdk.api.services.builder.TopicPermissionBuilder;
import com.hivemq.extension.sdk.api.services.builder.TopicSubscriptionBuilder;
import com.hivemq.extensions.services.builder.TopicPermissionBuilderImpl;
import com.hivemq.extensions.services.builder.TopicSubscriptionBuilderImpl;
import java.lang.reflect.Proxy;

/** HiveMQ's own builders, without a HiveMQ, with its default configuration. */
final class HiveMqBuilders {

  private static final FullConfigurationService DEFAULTS =
      (FullConfigurationService) Proxy.newProxyInstance(
          HiveMqBuilders.class.getClassLoader(),
          new Class<?>[] {FullConfigurationService.class},
          (proxy, method, arguments) -> switch (method.getName()) {
            case "mqttConfiguration" -> new MqttConfigurationServiceImpl();
            case "restrictionsConfiguration" -> new RestrictionsConfigurationServiceImpl();
            case "securityConfiguration" -> new SecurityConfigurationServiceImpl();
            default -> throw new UnsupportedOperationException(method.getName());
          });

  private HiveMqBuilders() {}

  static TopicPermissionBuilder permission() {
    return new TopicPermissionBuilderImpl(DEFAULTS);
  }

  static TopicSubscriptionBuilder subscription() {
    return new TopicSubscriptionBuilderImpl(DEFAULTS);
  }
}
