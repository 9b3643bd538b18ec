package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.eclipse.paho.mqttv5.common.packet.MqttSubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttUnsubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

  private final Session session = new Session(1_000);

  private static Outgoing message(int number, int qos) {
    return new Outgoing("t", ByteBuffer.allocate(4).putInt(number).array(), qos);
  }

  private List<MqttWireMessage> take(Attachment connection) throws Exception {
    List<Session.Frame> batch = session.take(connection, 0);
    List<MqttWireMessage> packets = new ArrayList<>();
    for (Session.Frame frame : batch) {
      packets.add(read(frame));
    }
    return packets;
  }

  private static MqttWireMessage read(Session.Frame frame) throws IOException {
    return Packets.read(new ByteArrayInputStream(frame.bytes()), 1_000);
  }

  @Test
  void holdsBackNewMessagesUntilTheNextConnection() throws Exception {
    Attachment first = Attachments.granting(10);
    session.attach(first);
    session.hold(Duration.ZERO);
    CompletableFuture<Void> sent = session.publish(message(1, 1));
    CompletableFuture<Void> granted = session.subscribe(new Subscription("a", 1, m -> {}));
    assertThat(take(first)).isEmpty();
    session.detach(first);
    assertThat(session.take(first, 0)).isNull();
    Attachment second = Attachments.granting(10);
    session.attach(second);
    assertThat(take(second))
        .extracting(Object::getClass)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .containsExactly(MqttSubscribe.class, PublishReader.Arrived.class);
    assertThat(sent).isNotDone();
    assertThat(granted).isNotDone();
  }

  @Test
  void stillAcknowledgesWhileItHoldsBack() throws Exception {
    Attachment connection = Attachments.granting(10);
    session.attach(connection);
    Deliveries.Delivery delivery = session.arrived(connection, 9, false).delivery();
    session.hold(Duration.ZERO);
    session.handled(delivery);
    assertThat(take(connection)).singleElement().isInstanceOf(MqttPubAck.class);
    session.release();
    assertThat(session.publish(message(1, 0))).isNotNull();
    assertThat(take(connection)).hasSize(1);
  }

  @Test
  void takesNoAnswersFromAConnectionBeforeTheLast() throws Exception {
    Attachment first = Attachments.granting(10);
    session.attach(first);
    CompletableFuture<Void> sent = session.publish(message(1, 1));
    int id = take(first).get(0).getMessageId();
    session.detach(first);
    Attachment second = Attachments.granting(10);
    session.attach(second);
    assertThat(session.published(first, id)).isNull();
    assertThat(session.published(second, id)).isNotNull();
    assertThat(sent).isNotDone();
  }

  @Test
  void sendsNoQos1ToABrokerThatTakesNone() throws Exception {
    org.eclipse.paho.mqttv5.common.packet.MqttProperties properties =
        new org.eclipse.paho.mqttv5.common.packet.MqttProperties();
    properties.setMaximumQoS(0);
    Attachment connection = Attachments.granting(false, properties);
    session.attach(connection);
    CompletableFuture<Void> sent = session.publish(message(1, 1));
    assertThat(take(connection)).isEmpty();
    assertThat(sent).isCompletedExceptionally();
    assertThat(session.publish(message(2, 0))).isNotNull();
    assertThat(take(connection)).hasSize(1);
  }

  @Test
  void sendsNoRetainedMessageToABrokerThatKeepsNone() throws Exception {
    org.eclipse.paho.mqttv5.common.packet.MqttProperties properties =
        new org.eclipse.paho.mqttv5.common.packet.MqttProperties();
    properties.setRetainAvailable(false);
    Attachment connection = Attachments.granting(false, properties);
    session.attach(connection);
    CompletableFuture<Void> sent =
        session.publish(new Outgoing(Message.of("t", "x").withRetained(true)));
    assertThat(take(connection)).isEmpty();
    assertThat(sent).isCompletedExceptionally();
  }

  @Test
  void anEndIsAskedForAndOverWithTheSession() throws Exception {
    Attachment first = Attachments.granting(10);
    session.attach(first);
    CompletableFuture<Void> ended = session.subscribe(Subscription.end("a"));
    assertThat(take(first)).singleElement().isInstanceOf(MqttUnsubscribe.class);
    session.detach(first);
    session.attach(Attachments.granting(true, 10));
    assertThat(ended).isNotDone();
    Attachment last = Attachments.granting(false, 10);
    session.attach(last);
    assertThat(ended).isCompleted();
    assertThat(take(last)).isEmpty();
  }

  /**
   * A broker that answers late, connections that break at any moment, sessions that are lost now and
   * then: every message arrives, first arrivals are in order, and no answer goes to the wrong one.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void deliversEverythingInOrderOverBadConnections(long seed) throws Exception {
    Random random = new Random(seed);
    List<Integer> arrived = new ArrayList<>();
    Set<Integer> done = new HashSet<>();
    Deque<MqttPublish> unanswered = new ArrayDeque<>();
    Attachment connection = Attachments.granting(false, 7);
    session.attach(connection);
    int published = 0;
    while (done.size() < 500) {
      switch (random.nextInt(published < 500 ? 6 : 5)) {
        case 0 -> {
          for (Session.Frame frame : session.take(connection, 0)) {
            MqttPublish packet = (MqttPublish) read(frame);
            arrived.add(ByteBuffer.wrap(packet.getPayload()).getInt());
            unanswered.add(packet);
          }
          assertThat(unanswered).hasSizeLessThanOrEqualTo(7);
        }
        case 1, 2, 3 -> {
          if (!unanswered.isEmpty()) {
            MqttPublish packet = unanswered.poll();
            Outgoing message = session.published(connection, packet.getMessageId());
            assertThat(message.payload()).isEqualTo(packet.getPayload());
            assertThat(done.add(ByteBuffer.wrap(message.payload()).getInt())).isTrue();
          }
        }
        case 4 -> {
          if (random.nextInt(10) == 0) {
            session.detach(connection);
            unanswered.clear();
            connection = Attachments.granting(random.nextInt(3) > 0, 1 + random.nextInt(10) % 7);
            session.attach(connection);
          }
        }
        default -> {
          assertThat(session.publish(message(published, 1))).isNotCompletedExceptionally();
          published++;
        }
      }
    }
    List<Integer> firsts = arrived.stream().distinct().toList();
    assertThat(firsts).hasSize(500).isSorted();
  }
}
