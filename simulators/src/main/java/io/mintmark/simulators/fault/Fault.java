package io.mintmark.simulators.fault;

import java.time.Duration;

/**
 * What a network does to connections. An answer is what comes back once the client has said the first
 * thing under TLS: a handshake goes through, so that a lost answer is one to a request that arrived.
 */
public sealed interface Fault {

  /**
   * Whatever is sent, either way, arrives later by something between the two; in order.
   *
   * @param least not negative
   * @param most not less
   */
  record Latency(Duration least, Duration most) implements Fault {
    /** Checks them. */
    public Latency {
      if (least.isNegative() || most.compareTo(least) < 0) {
        throw new IllegalArgumentException("a latency is not " + least + " to " + most);
      }
    }
  }

  /** What the client sends arrives, the answers do not, and nobody is told. */
  record LostAnswers() implements Fault {}

  /**
   * Nothing arrives any more, either way, and nobody is told. When it is over, connections that
   * missed something are reset: the other side does not know them any more.
   *
   * @param within each connection falls silent at some moment of this time; zero for at once
   */
  record HalfOpen(Duration within) implements Fault {}

  /**
   * Connections that are there are reset. New ones are, too: without a time instead of the first
   * answer, with one whenever it is up.
   *
   * @param within each connection is reset at some moment of this time; zero for at once
   */
  record Reset(Duration within) implements Fault {}

  /**
   * So much passes in a second, each way, on each connection.
   *
   * @param bytesPerSecond at least 1
   */
  record Bandwidth(long bytesPerSecond) implements Fault {
    /** Checks it. */
    public Bandwidth {
      if (bytesPerSecond < 1) {
        throw new IllegalArgumentException(bytesPerSecond + " bytes a second never arrive");
      }
    }
  }

  /** Nobody is there: new connections are reset as they come, those before stay. */
  record Refusal() implements Fault {}
}
