package io.mintmark.device;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A message on its way out. The message never changes; the packet id and whether it was sent before
 * belong to the {@link Outbox} that holds it.
 */
final class Outgoing {

  private final Message message;
  private final long since = System.nanoTime();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int id;
  private boolean sentBefore;

  /**
   * @throws IllegalArgumentException if it has no topic, or a text in it came from another client
   *     and holds what we do not send
   */
  Outgoing(Message message) {
    message.requireSendable();
    this.message = message;
  }

  Outgoing(String topic, byte[] payload, int qos) {
    this(Message.of(topic, payload).withQos(qos));
  }

  Message message() {
    return message;
  }

  String topic() {
    return message.topic();
  }

  byte[] payload() {
    return message.bytes();
  }

  int qos() {
    return message.qos();
  }

  /** How much is left of its expiry, zero if nothing; null if it has none. */
  Duration left() {
    Duration expiry = message.expiry().orElse(null);
    if (expiry == null) {
      return null;
    }
    Duration left = expiry.minusNanos(System.nanoTime() - since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether it expired before it was ever sent; what was sent is the broker's to forget. */
  boolean isOver() {
    Duration left = left();
    return left != null && left.isZero() && !sentBefore;
  }

  /** Completed when the broker has it (QoS 1) or it was written (QoS 0). */
  CompletableFuture<Void> done() {
    return done;
  }

  /** The packet id; 0 while it has none. */
  int id() {
    return id;
  }

  /** Whether an earlier connection may have delivered it, so that DUP is to be set. */
  boolean sentBefore() {
    return sentBefore;
  }

  void inFlightAs(int packetId) {
    id = packetId;
    sentBefore = false;
  }

  void toBeSentAgain() {
    sentBefore = true;
  }

  void asNew() {
    id = 0;
    sentBefore = false;
  }
}
