package io.mintmark.device;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.common.packet.MqttPingResp;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttSubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttUnsubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/**
 * What the broker's packets mean for the session and the application. Called by the connections'
 * readers; never waits for the application. Thread-safe.
 */
final class Incoming {

  private static final System.Logger LOG = System.getLogger(Incoming.class.getName());
  private static final int MOST_WAITING_QOS_0 = 1_000;

  private final Session session;
  private final Callbacks callbacks;
  private final Predicate<Message> answers;

  /**
   * @param answers takes a message that answers a request, at once; false for all else
   */
  Incoming(Session session, Callbacks callbacks, Predicate<Message> answers) {
    this.session = session;
    this.callbacks = callbacks;
    this.answers = answers;
  }

  /**
   * A connection brought a packet.
   *
   * @throws IOException if the packet has no business here
   */
  void received(Attachment connection, MqttWireMessage packet) throws IOException {
    if (packet instanceof MqttPubAck ack) {
      published(connection, ack);
    } else if (packet instanceof MqttSubAck ack) {
      subscribed(
          connection,
          ack.getMessageId(),
          ack.getReturnCodes()[0],
          ack.getProperties().getReasonString());
    } else if (packet instanceof MqttUnsubAck ack) {
      subscribed(
          connection,
          ack.getMessageId(),
          ack.getReturnCodes()[0],
          ack.getProperties().getReasonString());
    } else if (packet instanceof PublishReader.Arrived publish && publish.getQoS() < 2) {
      arrived(connection, publish);
    } else if (!(packet instanceof MqttPingResp)) {
      throw new IOException(
          "the broker sent a packet nobody asked for, of type " + packet.getType());
    }
  }

  private void published(Attachment connection, MqttPubAck ack) {
    Outgoing message = session.published(connection, ack.getMessageId());
    if (message == null) {
      return;
    }
    if (ack.getReturnCode() < Reason.FIRST_FAILURE) {
      message.done().complete(null);
    } else {
      message
          .done()
          .completeExceptionally(DeviceException.about(
              About.MESSAGE,
              Reason.exception(
                  "the broker did not take the message on " + message.topic(),
                  ack.getReturnCode(),
                  ack.getProperties().getReasonString())));
    }
  }

  /** The answer to a SUBSCRIBE or an UNSUBSCRIBE. */
  private void subscribed(Attachment connection, int id, int code, String words) {
    boolean granted = code < Reason.FIRST_FAILURE;
    Subscription subscription = session.subscribed(connection, id, granted);
    if (subscription == null) {
      return;
    }
    if (granted) {
      subscription.done().complete(null);
      return;
    }
    String what = "the broker did not " + (subscription.isEnd() ? "end" : "grant")
        + " the subscription to " + subscription.filter();
    DeviceException refusal =
        DeviceException.about(About.SUBSCRIPTION, Reason.exception(what, code, words));
    subscription.done().completeExceptionally(refusal);
    if (!subscription.isEnd()) {
      callbacks.tell(l -> l.subscriptionRefused(subscription.filter(), refusal));
    }
  }

  private void arrived(Attachment connection, PublishReader.Arrived publish) {
    Message message = publish.message();
    if (publish.getQoS() == 0) {
      if (answers.test(message)) {
        return;
      }
      // QoS 1 is bounded by our receive maximum; here the choice is to drop or to run out of heap.
      if (callbacks.waiting() < MOST_WAITING_QOS_0) {
        callbacks.run(() -> handle(message));
      } else {
        LOG.log(System.Logger.Level.DEBUG, "dropped a QoS 0 message, the handlers are behind");
      }
      return;
    }
    Deliveries.Arrival arrival =
        session.arrived(connection, publish.getMessageId(), publish.isDuplicate());
    if (arrival.action() != Deliveries.Action.HANDLE) {
      return;
    }
    if (answers.test(message)) {
      session.handled(arrival.delivery());
    } else {
      callbacks.run(() -> {
        handle(message);
        session.handled(arrival.delivery());
      });
    }
  }

  private void handle(Message message) {
    List<MessageHandler> handlers = session.handlers(message.topic());
    if (handlers.isEmpty()) {
      callbacks.tell(l -> l.unhandled(message));
    }
    for (MessageHandler handler : handlers) {
      try {
        handler.received(message);
      } catch (Exception | LinkageError | AssertionError e) {
        callbacks.tell(l -> l.handlerFailed(message, e));
      }
    }
  }
}
