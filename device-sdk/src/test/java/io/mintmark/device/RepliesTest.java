package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answering, against a broker that is the test. */
class RepliesTest {

  private static final byte[] CORRELATION = {1, 2, 3};

  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private final Session session = new Session(100);
  private final Incoming incoming = new Incoming(session, callbacks, message -> false);
  private final Replies replies = new Replies(session, callbacks, List.of("answers/#"));
  private final Attachment connection = Attachments.granting(10);
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @BeforeEach
  void connect() {
    session.attach(connection);
  }

  @AfterEach
  void close() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
  }

  private static Message request(String text, String responseTopic) {
    return Message.of("commands", text)
        .withResponseTopic(responseTopic)
        .withCorrelationData(CORRELATION);
  }

  private PublishReader.Arrived written() throws Exception {
    List<Session.Frame> frames = session.take(connection, 0);
    return frames.isEmpty()
        ? null
        : (PublishReader.Arrived)
            Packets.read(new ByteArrayInputStream(frames.get(0).bytes()), 1_000);
  }

  private Message answered() throws Exception {
    Message answer = written().message();
    assertThat(answer.correlationData())
        .hasValueSatisfying(data -> assertThat(data).isEqualTo(CORRELATION));
    return answer;
  }

  private MessageHandler handler() {
    return replies.by((ReplyHandler) request -> {
      asked.add(request.text());
      return switch (request.text()) {
        case "throw" -> throw new IllegalStateException("password is hunter2");
        case "nothing" -> null;
        case "cannot" -> Message.error("the valve is stuck");
        default -> Message.answer(request.text() + "!").withQos(0).withContentType("text/plain");
      };
    });
  }

  @Test
  void sendsTheAnswerWhereItIsWanted() throws Exception {
    handler().received(request("go", "answers/app"));
    Message answer = answered();
    assertThat(answer.topic()).isEqualTo("answers/app");
    assertThat(answer.text()).isEqualTo("go!");
    assertThat(answer.qos()).isZero();
    assertThat(answer.contentType()).contains("text/plain");
    handler().received(request("cannot", "answers/app"));
    assertThat(answered().error()).contains("the valve is stuck");
  }

  @Test
  void sendsNothingWhereNothingIsWanted() throws Exception {
    handler().received(request("nothing", "answers/app"));
    handler().received(Message.of("commands", "go"));
    assertThat(written()).isNull();
    assertThat(asked).containsExactly("nothing", "go");
  }

  @Test
  void answersAFailureWithoutTellingOfIt() throws Exception {
    assertThatThrownBy(() -> handler().received(request("throw", "answers/app")))
        .hasMessageContaining("hunter2");
    assertThat(answered().error()).contains("the device failed to handle the request");
  }

  @Test
  void doesNotPassOnWhatCannotBeSent() throws Exception {
    Message.Draft echoed = new Message.Draft();
    echoed.contentType = "a\nb";
    echoed.responseTopic = "answers/app";
    replies.by((ReplyHandler) request -> request).received(echoed.message());
    await().until(() -> events.count("replyFailed") == 1);
    assertThat(events.causes.get(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the answer cannot be sent: content type 'a\\u000ab'");
    assertThat(written()).isNull();
  }

  @Test
  void answersWhenTheAnswerIsThere() throws Exception {
    CompletableFuture<Message> slow = new CompletableFuture<>();
    CompletableFuture<Message> failing = new CompletableFuture<>();
    MessageHandler handler =
        replies.by((AsyncReplyHandler) request -> request.text().equals("slow") ? slow : failing);
    handler.received(request("slow", "answers/app"));
    handler.received(request("fail", "answers/app"));
    assertThat(written()).isNull();
    failing.completeExceptionally(new IllegalStateException("hunter2"));
    assertThat(answered().error()).isPresent();
    await().untilAsserted(() -> assertThat(events.failures).hasSize(1));
    slow.complete(Message.answer("done"));
    assertThat(answered().text()).isEqualTo("done");
  }

  @Test
  void doesNotBeginWhatItCouldNotAnswer() throws Exception {
    handler().received(request("go", "elsewhere"));
    Message.Draft wildcard = new Message.Draft();
    wildcard.responseTopic = "answers/#";
    handler().received(wildcard.message());
    await()
        .untilAsserted(
            () -> assertThat(events.names).containsExactly("replyFailed", "replyFailed"));
    assertThat(events.causes.get(0))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("elsewhere, which is not among the response topics");
    assertThat(events.causes.get(1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("wildcard");
    assertThat(asked).isEmpty();
    assertThat(written()).isNull();
  }

  @Test
  void doesNotTryAgainWhatTheBrokerDidNotTake() throws Exception {
    handler().received(Message.of("commands", "go").withResponseTopic("answers/1"));
    session.take(connection, 0);
    MessageHandler reliable = replies.by((ReplyHandler) request -> {
      asked.add(request.text());
      return Message.answer("!");
    });
    reliable.received(request("first", "answers/2"));
    PublishReader.Arrived sent = written();
    incoming.received(
        connection,
        new MqttPubAck(
            MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED, sent.getMessageId(), new MqttProperties()));
    await().until(() -> events.count("replyFailed") == 1);
    assertThat(events.causes.get(0).reasonCode()).hasValue(0x87);
    reliable.received(request("second", "answers/2"));
    await().until(() -> events.count("replyFailed") == 2);
    assertThat(events.causes.get(1))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("answers/2, where the broker did not take one");
    reliable.received(request("third", "answers/3"));
    assertThat(written().getTopicName()).isEqualTo("answers/3");
    assertThat(asked).containsExactly("go", "first", "third");
  }
}
