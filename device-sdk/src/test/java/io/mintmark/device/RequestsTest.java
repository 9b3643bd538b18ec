package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.eclipse.paho.mqttv5.common.packet.MqttSubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttSubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Asking, against a broker that is the test, by a clock that only the test moves. */
class RequestsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeTimers timers = new FakeTimers(START);
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private final Session session = new Session(100);
  private final Requests requests =
      new Requests(session, timers, 3, () -> Optional.of("commands/d-1/answers"));
  private final Incoming incoming = new Incoming(session, callbacks, requests::takes);
  private final Attachment connection = Attachments.granting(10);

  @AfterEach
  void close() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
  }

  private List<MqttWireMessage> written() throws Exception {
    List<MqttWireMessage> packets = new ArrayList<>();
    for (Session.Frame frame : session.take(connection, 0)) {
      packets.add(Packets.read(new ByteArrayInputStream(frame.bytes()), 10_000));
    }
    return packets;
  }

  private void grant(int code) throws Exception {
    MqttSubscribe asked = (MqttSubscribe) written().get(0);
    assertThat(asked.getSubscriptions()[0].getTopic()).isEqualTo("commands/d-1/answers");
    MqttSubAck ack = new MqttSubAck(new int[] {code}, new MqttProperties());
    ack.setMessageId(asked.getMessageId());
    incoming.received(connection, ack);
  }

  private Message asked() throws Exception {
    return ((PublishReader.Arrived) written().get(0)).message();
  }

  /** What the broker brings, by QoS 0 so that nothing has to be acknowledged. */
  private void answer(Message request, Message answer) throws Exception {
    byte[] packet = Packets.publish(new Outgoing(answer.answering(request).withQos(0)));
    incoming.received(connection, Packets.read(new ByteArrayInputStream(packet), 10_000));
  }

  private static DeviceException failure(CompletableFuture<?> future) {
    try {
      future.get();
      throw new AssertionError("it did not fail");
    } catch (ExecutionException e) {
      return (DeviceException) e.getCause();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givesEachAnswerToTheOneWhoAsked() throws Exception {
    session.attach(connection);
    CompletableFuture<Message> first = requests.ask(Message.of("ask", "1"), MINUTE);
    CompletableFuture<Message> second = requests.ask(Message.of("ask", "2"), MINUTE);
    grant(1);
    List<MqttWireMessage> sent = written();
    Message one = ((PublishReader.Arrived) sent.get(0)).message();
    Message two = ((PublishReader.Arrived) sent.get(1)).message();
    assertThat(one.responseTopic()).contains("commands/d-1/answers");
    assertThat(one.expiry()).contains(MINUTE);
    answer(two, Message.answer("two"));
    answer(one, Message.answer("one"));
    assertThat(first.get().text()).isEqualTo("one");
    assertThat(second.get().text()).isEqualTo("two");
    assertThat(timers.next()).as("no timer is left").isNull();

    // Subscribed once.
    CompletableFuture<Message> third = requests.ask(Message.of("ask", "3"), MINUTE);
    answer(asked(), Message.answer("three"));
    assertThat(third.get().text()).isEqualTo("three");
    assertThat(requests.late()).isZero();
  }

  @Test
  void dropsAndCountsWhatComesTooLateOrTwice() throws Exception {
    List<String> commands = new ArrayList<>();
    session.attach(connection);
    session
        .subscribe(new Subscription("commands/#", 1, m -> commands.add(m.text())))
        .isDone();
    written();
    CompletableFuture<Message> asked = requests.ask(Message.of("ask", "1"), MINUTE);
    grant(1);
    Message request = asked();
    timers.advanceTo(START.plus(MINUTE));
    DeviceException cause = failure(asked);
    assertThat(cause)
        .isInstanceOf(RetryLaterException.class)
        .hasMessage("no answer to the request on ask within PT1M");
    assertThat(cause.about()).isEqualTo(About.REQUEST);
    assertThat(cause.origin()).isEqualTo(Origin.TIMEOUT);
    answer(request, Message.answer("late"));
    answer(request, Message.answer("late"));
    // One of an earlier process.
    byte[] other = request.correlationData().orElseThrow();
    other[10]++;
    answer(request.withCorrelationData(other), Message.answer("much too late"));
    assertThat(requests.late()).isEqualTo(3);
    // What is no answer goes to the handlers, an answer never.
    answer(request.withCorrelationData(new byte[20]), Message.answer("a command"));
    await().untilAsserted(() -> assertThat(commands).containsExactly("a command"));
  }

  @Test
  void anAnswerThatIsAnErrorFails() throws Exception {
    session.attach(connection);
    CompletableFuture<Message> asked = requests.ask(Message.of("ask", "1"), MINUTE);
    grant(1);
    answer(asked(), Message.error("valve\n stuck"));
    DeviceException cause = failure(asked);
    assertThat(cause)
        .isInstanceOf(RefusedException.class)
        .hasMessage("the request on ask was answered with an error: valve stuck");
    assertThat(cause.origin()).isEqualTo(Origin.PEER);
  }

  @Test
  void saysWhatHasToBeGranted() throws Exception {
    session.attach(connection);
    CompletableFuture<Message> asked = requests.ask(Message.of("ask", "1"), MINUTE);
    grant(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
    assertThat(failure(asked))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("its fleet has to grant it to subscribe to commands/d-1/answers");
    assertThat(written()).as("the request is not sent").isEmpty();
    // The next tries again: grants change.
    requests.ask(Message.of("ask", "2"), MINUTE).isDone();
    grant(1);
    assertThat(asked().text()).isEqualTo("2");
  }

  @Test
  void leavesNoMoreOpenThanItMay() throws Exception {
    CompletableFuture<Message> first = requests.ask(Message.of("ask", "1"), MINUTE);
    requests.ask(Message.of("ask", "2"), MINUTE).isDone();
    requests.ask(Message.of("ask", "3"), MINUTE).isDone();
    assertThat(failure(requests.ask(Message.of("ask", "4"), MINUTE)))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("3 requests wait");
    first.cancel(false);
    CompletableFuture<Message> next = requests.ask(Message.of("ask", "5"), MINUTE);
    assertThat(next).isNotDone();
    requests.close(new RetryLaterException("closed"));
    assertThat(failure(next)).hasMessage("closed");
    assertThat(failure(requests.ask(Message.of("ask", "6"), MINUTE))).hasMessage("closed");
    assertThat(timers.next()).isNull();
  }

  @Test
  void isNotSentOnceItHasTimedOut() throws Exception {
    CompletableFuture<Message> asked = requests.ask(Message.of("ask", "1"), MINUTE);
    timers.advanceTo(START.plus(MINUTE));
    assertThatThrownBy(asked::get).hasMessageContaining("no answer");
    session.attach(connection);
    grant(1);
    assertThat(written()).isEmpty();
  }

  @Test
  void knowsWhenItCannotBeAnswered() {
    Requests nobody = new Requests(session, timers, 3, Optional::empty);
    assertThat(failure(nobody.ask(Message.of("ask", "1"), MINUTE)))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("start it first");
    assertThat(timers.next()).isNull();
  }
}
