package io.mintmark.device;

import io.mintmark.identity.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The answering side of request and response (MQTT 5, section 4.10): hands requests to a handler and
 * sends what it returns to the response topic, with the request's correlation data. A request whose
 * answer could not be sent is not begun. Thread-safe.
 */
final class Replies {

  private static final int MOST_REFUSED = 100;

  /** A broker may end the connection over a topic that is not granted: not for each request. */
  private static final long REFUSED_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Session session;
  private final Callbacks callbacks;
  private final List<String> allowed;

  /** Response topics the broker did not take an answer on, and when that was. */
  private final Map<String, Long> refused = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST_REFUSED;
    }
  };

  /**
   * @param allowed filters of the response topics to answer on
   */
  Replies(Session session, Callbacks callbacks, List<String> allowed) {
    this.session = session;
    this.callbacks = callbacks;
    this.allowed = allowed;
  }

  /** What to subscribe with, to have the handler's answers sent. */
  MessageHandler by(ReplyHandler handler) {
    return by((AsyncReplyHandler) request -> {
      Message answer = handler.answer(request);
      return CompletableFuture.completedFuture(answer);
    });
  }

  /** As above, for answers that come later. */
  MessageHandler by(AsyncReplyHandler handler) {
    return request -> {
      DeviceException problem = problem(request);
      if (problem != null) {
        callbacks.tell(l -> l.replyFailed(request, problem));
        return;
      }
      CompletableFuture<Message> answer;
      try {
        answer = handler.answer(request).toCompletableFuture();
      } catch (Exception | LinkageError | AssertionError e) {
        // Who called tells the listener.
        fail(request);
        throw e;
      }
      CompletableFuture<Message> unused = answer.whenComplete((message, failure) -> {
        if (failure == null) {
          send(request, message);
        } else {
          fail(request);
          Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
          callbacks.tell(l -> l.handlerFailed(request, cause));
        }
      });
    };
  }

  private void fail(Message request) {
    send(request, Message.error("the device failed to handle the request"));
  }

  private void send(Message request, Message answer) {
    if (answer == null || request.responseTopic().isEmpty()) {
      return;
    }
    Outgoing outgoing;
    try {
      outgoing = new Outgoing(answer.answering(request));
    } catch (IllegalArgumentException e) {
      DeviceException cause =
          about(new InvalidRequestException("the answer cannot be sent: " + e.getMessage()));
      callbacks.tell(l -> l.replyFailed(request, cause));
      return;
    }
    CompletableFuture<Void> unused = session.publish(outgoing).whenComplete((done, failure) -> {
      if (failure instanceof DeviceException cause) {
        remember(request, cause);
        callbacks.tell(l -> l.replyFailed(request, cause));
      }
    });
  }

  /** Why an answer to the request cannot be sent; null if it can, or if none is expected. */
  private DeviceException problem(Message request) {
    String topic = request.responseTopic().orElse(null);
    if (topic == null) {
      return null;
    }
    try {
      Topics.requireName(topic);
    } catch (IllegalArgumentException e) {
      return about(new InvalidRequestException(
          "the request asks for an answer where none can be sent: " + e.getMessage()));
    }
    if (allowed.stream().noneMatch(filter -> Topics.matches(filter, topic))) {
      return about(new RefusedException("the request asks for an answer on "
          + Printable.of(topic)
          + ", which is not among the response topics this device was built with"));
    }
    if (isRefused(topic)) {
      return about(new RefusedException("the request asks for an answer on "
          + Printable.of(topic)
          + ", where the broker did not take one from this device some minutes ago: grant it, or"
          + " ask for the answer on another topic"));
    }
    return null;
  }

  private static DeviceException about(DeviceException problem) {
    return DeviceException.about(About.REQUEST, problem);
  }

  private boolean isRefused(String topic) {
    synchronized (refused) {
      Long when = refused.get(topic);
      return when != null && System.nanoTime() - when < REFUSED_NANOS;
    }
  }

  private void remember(Message request, DeviceException cause) {
    if (cause instanceof RefusedException) {
      synchronized (refused) {
        refused.put(request.responseTopic().orElseThrow(), System.nanoTime());
      }
    }
  }
}
