package io.mintmark.device;

import java.util.concurrent.CompletableFuture;

/**
 * A topic filter the application wants messages of, or, without a handler, no longer. Changed only
 * by its {@link Subscriptions}.
 */
final class Subscription {

  private final String filter;
  private final int qos;
  private final MessageHandler handler;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int id;
  private boolean granted;

  Subscription(String filter, int qos, MessageHandler handler) {
    this.filter = filter;
    this.qos = qos;
    this.handler = handler;
  }

  /** The end of a subscription. */
  static Subscription end(String filter) {
    return new Subscription(filter, 0, null);
  }

  /** Whether it is the end of one. */
  boolean isEnd() {
    return handler == null;
  }

  String filter() {
    return filter;
  }

  int qos() {
    return qos;
  }

  MessageHandler handler() {
    return handler;
  }

  /** Completed with the broker's first answer. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Another took its place: this is done when that is; an end has come about anyhow. */
  void isDoneWith(Subscription successor) {
    CompletableFuture<Void> unused = successor.done.whenComplete((granted, failure) -> {
      if (failure == null || isEnd()) {
        done.complete(null);
      } else {
        done.completeExceptionally(failure);
      }
    });
  }

  /** The packet id of the SUBSCRIBE or UNSUBSCRIBE that waits for its answer; 0 if none does. */
  int id() {
    return id;
  }

  boolean toBeSent() {
    return id == 0 && !granted;
  }

  void sentAs(int packetId) {
    id = packetId;
  }

  void granted() {
    id = 0;
    granted = true;
  }

  void asNew() {
    id = 0;
    granted = false;
  }
}
