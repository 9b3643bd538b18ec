package io.mintmark.broker;

import com.hivemq.extension.sdk.api.interceptor.subscribe.SubscribeInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.subscribe.parameter.SubscribeInboundInput;
import com.hivemq.extension.sdk.api.interceptor.subscribe.parameter.SubscribeInboundOutput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.subscribe.ModifiableSubscription;
import io.mintmark.identity.TopicGrants;
import java.util.OptionalInt;

/**
 * Decides each SUBSCRIBE by the standard's own rules ({@link TopicGrants#subscribeQos}); HiveMQ's are
 * looser. A filter that is not granted is given a name nobody is granted, so that HiveMQ answers 0x87
 * in its place of the SUBACK; one above its QoS is granted lower (MQTT 5.0, section 3.9.3). An
 * authorizer of HiveMQ's would do the same, but have each PUBLISH take the way through extensions too.
 * One instance serves all connections.
 */
final class SubscribeGate implements SubscribeInboundInterceptor {

  /** What begins like this is granted to nobody, whatever the policies say. */
  static final String REFUSED = "$mintmark/refused/";

  private final LiveSessions sessions;

  SubscribeGate(LiveSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void onInboundSubscribe(SubscribeInboundInput input, SubscribeInboundOutput output) {
    TopicGrants granted = SessionEvents.session(input.getConnectionInformation(), sessions)
        .map(session -> session.policy().topics())
        .orElse(TopicGrants.NONE);
    for (ModifiableSubscription subscription : output.getSubscribePacket().getSubscriptions()) {
      OptionalInt qos = granted.subscribeQos(subscription.getTopicFilter());
      if (qos.isEmpty() || subscription.getTopicFilter().startsWith("$mintmark/")) {
        refuse(subscription);
      } else if (qos.getAsInt() < subscription.getQos().getQosNumber()) {
        subscription.setQos(Qos.valueOf(qos.getAsInt()));
      }
    }
  }

  private static void refuse(ModifiableSubscription subscription) {
    try {
      subscription.setTopicFilter(REFUSED + subscription.getTopicFilter());
    } catch (IllegalArgumentException e) {
      // Too long, or no filter at all.
      subscription.setTopicFilter(REFUSED + "filter");
    }
  }
}
