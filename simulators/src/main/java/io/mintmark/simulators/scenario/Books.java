package io.mintmark.simulators.scenario;

import io.mintmark.simulators.results.Recorder;
import java.util.BitSet;

/**
 * The books of one stream of messages: which were sent, which the sender was told have been taken, and
 * which arrived. Counts {@code sent}, {@code delivered} and {@code duplicates} as they happen, and
 * {@code lost} at the end: a run that was stopped before has lost nobody knows how many. Thread-safe.
 */
final class Books {

  private final Recorder recorder;
  private final String operation;
  private final int stream;
  private final BitSet[] taken;
  private final BitSet[] arrived;
  private final int[] sent;
  private long open;
  private long missing;

  /**
   * @param operation what arriving is called: {@code delivery}
   * @param stream number of the stream
   * @param devices how many
   */
  Books(Recorder recorder, String operation, int stream, int devices) {
    this.recorder = recorder;
    this.operation = operation;
    this.stream = stream;
    this.taken = bitSets(devices);
    this.arrived = bitSets(devices);
    this.sent = new int[devices];
    for (String counter : new String[] {"sent", "delivered", "duplicates"}) {
      recorder.count(counter, 0);
    }
  }

  private static BitSet[] bitSets(int number) {
    BitSet[] sets = new BitSet[number];
    for (int i = 0; i < number; i++) {
      sets[i] = new BitSet();
    }
    return sets;
  }

  /** The next message of a device, or for it. */
  Stamp next(int device, long due) {
    recorder.count("sent", 1);
    synchronized (this) {
      open++;
      return new Stamp(stream, device, sent[device]++, due);
    }
  }

  /** The broker has it; or, with QoS 0, it went out. From now on it must arrive. */
  synchronized void taken(Stamp stamp) {
    open--;
    taken[stamp.device()].set(stamp.sequence());
    missing += arrived[stamp.device()].get(stamp.sequence()) ? 0 : 1;
    notifyAll();
  }

  /** Nobody knows whether it will arrive. */
  synchronized void failed() {
    open--;
    notifyAll();
  }

  /**
   * It may be one of these.
   *
   * @param payload of a message that arrived
   */
  void arrived(byte[] payload) {
    long now = System.nanoTime();
    Stamp stamp = Stamp.of(payload);
    if (stamp == null || stamp.stream() != stream || !isPossible(stamp)) {
      return;
    }
    synchronized (this) {
      BitSet of = arrived[stamp.device()];
      if (of.get(stamp.sequence())) {
        recorder.count("duplicates", 1);
        return;
      }
      of.set(stamp.sequence());
      missing -= taken[stamp.device()].get(stamp.sequence()) ? 1 : 0;
      notifyAll();
    }
    recorder.count("delivered", 1);
    recorder.done(operation, stamp.due(), now);
  }

  private boolean isPossible(Stamp stamp) {
    return stamp.device() >= 0 && stamp.device() < arrived.length && stamp.sequence() >= 0;
  }

  /** How many nobody has answered yet. */
  synchronized long open() {
    return open;
  }

  /**
   * Waits for what must arrive, and counts what has not as lost.
   *
   * @param silenceMillis after how long in which nothing arrived to give up
   */
  synchronized void close(long silenceMillis) throws InterruptedException {
    long before = missing + open;
    long end = System.nanoTime() + silenceMillis * 1_000_000;
    while (missing + open > 0) {
      if (missing + open != before) {
        before = missing + open;
        end = System.nanoTime() + silenceMillis * 1_000_000;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    recorder.count("lost", missing);
  }
}
