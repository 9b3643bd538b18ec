package io.mintmark.device;

import java.util.concurrent.CompletableFuture;

/**
 * A message on its way out. Topic, payload and QoS never change; the packet id and whether it was
 * sent before belong to the {@link Outbox} that holds it.
 */
final class Outgoing {

  private final String topic;
  private final byte[] payload;
  private final int qos;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int id;
  private boolean sentBefore;

  Outgoing(String topic, byte[] payload, int qos) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
  }

  String topic() {
    return topic;
  }

  byte[] payload() {
    return payload;
  }

  int qos() {
    return qos;
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
