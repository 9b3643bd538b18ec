package io.mintmark.device;

import io.mintmark.identity.Printable;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The asking side of request and response (MQTT 5, section 4.10): sends requests with a response
 * topic and correlation data of its own, and gives each answer to the one who asked. An answer never
 * reaches the handlers of other subscriptions, who could take it for a command. Thread-safe.
 */
final class Requests {

  /** Begins the correlation data of all clients of this kind, of earlier processes too. */
  private static final int MARK = 0x6d_6d_72_71;

  private static final int CORRELATION_BYTES = 20;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * A request that waits for its answer.
   *
   * @param topic where it was asked
   * @param answer completed with the answer
   */
  private record Open(String topic, CompletableFuture<Message> answer) {}

  /** A request that waits for the response topic to be granted. */
  private record Waiting(Outgoing request, CompletableFuture<Message> answer) {}

  private final Session session;
  private final Timers timers;
  private final int limit;
  private final Supplier<Optional<String>> responseTopic;
  private final long client = new SecureRandom().nextLong();
  private final Map<Long, Open> open = new HashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long last;
  private long late;
  private DeviceException closed;

  /**
   * @param limit most requests that may wait for an answer
   * @param responseTopic where the answers come; empty until the device knows who it is
   */
  Requests(Session session, Timers timers, int limit, Supplier<Optional<String>> responseTopic) {
    this.session = session;
    this.timers = timers;
    this.limit = limit;
    this.responseTopic = responseTopic;
  }

  /** Asks; see {@link DeviceClient#request(Message, Duration)}. */
  CompletableFuture<Message> ask(Message request, Duration timeout) {
    Optional<String> answers = responseTopic.get();
    if (answers.isEmpty()) {
      return failed("the device does not know yet where answers can reach it: start it first, or"
          + " build it with device(...) or a responseTopic(...) without ${device}");
    }
    CompletableFuture<Message> answer = new CompletableFuture<>();
    long number;
    synchronized (this) {
      if (closed != null) {
        return CompletableFuture.failedFuture(closed);
      }
      if (open.size() >= limit) {
        return failed(
            limit + " requests wait for their answers, as many as may: ask again when some"
                + " are through");
      }
      number = ++last;
      open.put(number, new Open(request.topic(), answer));
    }
    Future<?> timer = timers.in(timeout, () -> timeOut(answer, request, timeout));
    CompletableFuture<Message> unused = answer.whenComplete((message, failure) -> {
      timer.cancel(false);
      forget(number);
    });
    send(request, answers.get(), number, timeout, answer);
    return answer;
  }

  private void send(
      Message request,
      String answers,
      long number,
      Duration timeout,
      CompletableFuture<Message> answer) {
    Message complete =
        request.withResponseTopic(answers).withCorrelationData(correlationData(number));
    if (complete.expiry().isEmpty() && timeout.compareTo(SECOND) >= 0) {
      // Nobody is to obey a request after the one who asked has given up.
      complete = complete.withExpiry(timeout);
    }
    synchronized (waiting) {
      waiting.add(new Waiting(new Outgoing(complete), answer));
    }
    CompletableFuture<Void> unused = session
        .subscribeOnce(new Subscription(answers, 1, message -> {}))
        .handle((granted, failure) -> {
          sendOn(failure == null ? null : notGranted(answers, failure));
          return null;
        });
  }

  /** In the order they were asked; those who wait for a future are called in no order. */
  private void sendOn(DeviceException refused) {
    List<Runnable> then = new ArrayList<>();
    synchronized (waiting) {
      for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
        CompletableFuture<Message> answer = next.answer();
        if (refused != null) {
          then.add(() -> answer.completeExceptionally(refused));
        } else if (!answer.isDone()) {
          CompletableFuture<Void> sent = session.publish(next.request());
          then.add(() -> failWith(sent, answer));
        }
      }
    }
    then.forEach(Runnable::run);
  }

  private static void failWith(CompletableFuture<Void> sent, CompletableFuture<Message> answer) {
    CompletableFuture<Void> unused = sent.whenComplete((done, failure) -> {
      if (failure != null) {
        answer.completeExceptionally(failure);
      }
    });
  }

  private static DeviceException notGranted(String answers, Throwable failure) {
    return failure instanceof RefusedException refusal
        ? about(DeviceException.from(
            Origin.BROKER,
            new RefusedException(
                "no answer can reach this device: its fleet has to grant it to subscribe to "
                    + answers
                    + ", or it has to be built with a responseTopic(...) that is granted: "
                    + refusal.getMessage(),
                refusal)))
        : (DeviceException) failure;
  }

  private void timeOut(CompletableFuture<Message> answer, Message request, Duration timeout) {
    DeviceException cause = about(DeviceException.from(
        Origin.TIMEOUT,
        new RetryLaterException(
            "no answer to the request on " + request.topic() + " within " + timeout)));
    // What the application has hung on it must not hold up the timers of all clients.
    CompletableFuture<Message> unused = answer.completeAsync(() -> {
      throw new CompletionException(cause);
    });
  }

  /**
   * Takes a message if it is an answer to a request of this client, or was to one before it.
   *
   * @return whether it is; then it is no business of the handlers
   */
  boolean takes(Message message) {
    byte[] correlation = message.correlationData().orElse(new byte[0]);
    if (correlation.length != CORRELATION_BYTES
        || !responseTopic.get().equals(Optional.of(message.topic()))) {
      return false;
    }
    ByteBuffer data = ByteBuffer.wrap(correlation);
    if (data.getInt() != MARK) {
      return false;
    }
    boolean ours = data.getLong() == client;
    Open request = ours ? forget(data.getLong()) : null;
    if (request == null) {
      count();
    } else {
      answered(request, message);
    }
    return true;
  }

  private static void answered(Open request, Message message) {
    if (message.error().isEmpty()) {
      request.answer().complete(message);
      return;
    }
    request
        .answer()
        .completeExceptionally(about(DeviceException.from(
            Origin.PEER,
            new RefusedException("the request on " + request.topic()
                + " was answered with an error: " + Printable.of(message.error().get())))));
  }

  private static DeviceException about(DeviceException failure) {
    return DeviceException.about(About.REQUEST, failure);
  }

  /** How many answers came to nobody: too late, twice, or to requests of an earlier process. */
  synchronized long late() {
    return late;
  }

  private synchronized void count() {
    late++;
  }

  private synchronized Open forget(long number) {
    return open.remove(number);
  }

  /** Fails all that wait, and whatever comes from now on. */
  void close(DeviceException reason) {
    List<Open> left;
    synchronized (this) {
      closed = reason;
      left = new ArrayList<>(open.values());
      open.clear();
    }
    left.forEach(request -> request.answer().completeExceptionally(reason));
  }

  private byte[] correlationData(long number) {
    return ByteBuffer.allocate(CORRELATION_BYTES)
        .putInt(MARK)
        .putLong(client)
        .putLong(number)
        .array();
  }

  private static CompletableFuture<Message> failed(String message) {
    return CompletableFuture.failedFuture(about(new RetryLaterException(message)));
  }
}
