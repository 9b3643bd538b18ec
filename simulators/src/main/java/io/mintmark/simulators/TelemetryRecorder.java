package io.mintmark.simulators;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The books of an application: which messages of one stream arrived, by device and sequence number,
 * which are missing, which came twice, and how late they were. Thread-safe.
 */
public final class TelemetryRecorder implements MessageHandler {

  /**
   * A message that came again.
   *
   * @param device whose
   * @param sequence its number
   * @param due when it was to be sent first, microseconds since 1970
   * @param again when it came again, microseconds since 1970
   * @param same whether the payload was the same, byte for byte
   */
  public record Duplicate(String device, long sequence, long due, long again, boolean same) {

    /** A reconnect is told of a little after it happened. */
    private static final Duration AROUND = Duration.ofSeconds(2);

    /**
     * Whether QoS 1 explains it: the same bytes again, around a reconnect at which whoever had no
     * acknowledgement yet had to send again (MQTT 5.0, section 4.4).
     *
     * @param reconnects of one of the two clients
     */
    boolean isRedelivery(List<Instant> reconnects) {
      return same
          && reconnects.stream()
              .anyMatch(
                  at -> Micros.of(at.plus(AROUND)) >= due && Micros.of(at.minus(AROUND)) <= again);
    }
  }

  /**
   * The books held against what was sent.
   *
   * @param sent messages the devices handed over
   * @param received how many of them arrived, each counted once
   * @param lost how many did not
   * @param unknown arrived though nobody sent them, or under a topic that is not their sender's
   */
  public record Balance(long sent, long received, long lost, long unknown) {}

  private final String stream;
  private final Clock clock;
  private final Latency.Recorder latency = new Latency.Recorder();
  private final Map<String, Book> books = new HashMap<>();
  private final List<Duplicate> duplicates = new ArrayList<>();
  private long received;
  private long misplaced;

  /** One device's messages. */
  private static final class Book {
    private final BitSet seen = new BitSet();
    private int[] digests = new int[64];

    void enter(int sequence, int digest) {
      seen.set(sequence);
      if (sequence >= digests.length) {
        digests = Arrays.copyOf(digests, Math.max(sequence + 1, digests.length * 2));
      }
      digests[sequence] = digest;
    }
  }

  /**
   * @param stream the series to keep books of; all else is passed over
   * @param clock the one the senders read too, or one that agrees with theirs
   */
  public TelemetryRecorder(String stream, Clock clock) {
    this.stream = stream;
    this.clock = clock;
  }

  @Override
  public void message(String topic, byte[] payload) {
    long now = Micros.now(clock);
    Telemetry message = Telemetry.parse(payload).orElse(null);
    if (message == null || !message.stream().equals(stream)) {
      return;
    }
    latency.record(now - message.due());
    enter(topic, message, Arrays.hashCode(payload), now);
  }

  private synchronized void enter(String topic, Telemetry message, int digest, long now) {
    if (!List.of(topic.split("/", -1)).contains(message.device())
        || message.sequence() > Integer.MAX_VALUE - 8) {
      misplaced++;
      return;
    }
    Book book = books.computeIfAbsent(message.device(), d -> new Book());
    int sequence = (int) message.sequence();
    if (book.seen.get(sequence)) {
      boolean same = book.digests[sequence] == digest;
      duplicates.add(new Duplicate(message.device(), sequence, message.due(), now, same));
      return;
    }
    book.enter(sequence, digest);
    received++;
    notifyAll();
  }

  /** How many messages arrived so far, each counted once. */
  public synchronized long received() {
    return received;
  }

  /** Waits until so many messages have arrived, each counted once, or the time is over. */
  synchronized void await(long messages, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis();
        received < messages && left > 0;
        left = (end - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
  }

  /** The messages that came again, in the order they came. */
  public synchronized List<Duplicate> duplicates() {
    return List.copyOf(duplicates);
  }

  /** How late the messages were, from the moment each was due to be sent; repeats included. */
  public Latency latency() {
    return latency.summary();
  }

  /**
   * Holds the books against what was sent.
   *
   * @param sent for each device, how many messages it sent in this stream
   */
  public synchronized Balance balance(Map<String, Long> sent) {
    long total = 0;
    long arrived = 0;
    for (Map.Entry<String, Long> device : sent.entrySet()) {
      total += device.getValue();
      Book book = books.get(device.getKey());
      if (book != null) {
        arrived += book.seen.get(0, Math.toIntExact(device.getValue())).cardinality();
      }
    }
    return new Balance(total, arrived, total - arrived, received - arrived + misplaced);
  }
}
