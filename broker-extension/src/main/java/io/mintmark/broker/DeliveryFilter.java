package io.mintmark.broker;

import com.hivemq.extension.sdk.api.interceptor.publish.PublishOutboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundOutput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;

/**
 * Keeps back what a session is not granted any more, whatever brought it: a subscription that is about
 * to be removed, or a message that was queued before. Put up only for sessions that lost something.
 */
final class DeliveryFilter implements PublishOutboundInterceptor {

  private final LiveSession session;
  private volatile long drainedByMillis = Long.MAX_VALUE;
  private volatile Runnable drained;

  DeliveryFilter(LiveSession session) {
    this.session = session;
  }

  /**
   * Nothing that is not granted can be queued after this time. What is queued goes out in order, so a
   * later message tells that all of the earlier ones are out.
   *
   * @param then runs once that is so
   */
  void expectDrained(long sinceMillis, Runnable then) {
    drained = then;
    drainedByMillis = sinceMillis;
  }

  @Override
  public void onOutboundPublish(PublishOutboundInput input, PublishOutboundOutput output) {
    PublishPacket publish = input.getPublishPacket();
    if (!session.policy().topics().allowsDelivery(publish.getTopic())) {
      output.preventPublishDelivery();
    } else if (publish.getQos() != Qos.AT_MOST_ONCE && publish.getTimestamp() > drainedByMillis) {
      drainedByMillis = Long.MAX_VALUE;
      drained.run();
    }
  }
}
