package io.mintmark.broker;

import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;

/**
 * Decides each PUBLISH of the few connections whose grants HiveMQ cannot put into permissions ({@link
 * Permissions}). One instance serves them all.
 */
final class PublishGate implements PublishInboundInterceptor {

  private final LiveSessions sessions;

  PublishGate(LiveSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    PublishPacket publish = input.getPublishPacket();
    boolean granted = SessionEvents.session(input.getConnectionInformation(), sessions)
        .map(session -> session.policy().topics())
        .filter(topics -> topics.allowsPublish(
            publish.getTopic(), publish.getQos().getQosNumber(), publish.getRetain()))
        .isPresent();
    if (!granted) {
      output.preventPublishDelivery(AckReasonCode.NOT_AUTHORIZED, "the topic is not granted");
    }
  }
}
