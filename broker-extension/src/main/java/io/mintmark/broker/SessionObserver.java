package io.mintmark.broker;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Hears what becomes of each connection. Called on HiveMQ's threads and the feed's, several at a
 * time: an observer is quick and never waits for anything.
 */
interface SessionObserver {

  /** A connection was admitted; HiveMQ has yet to answer it, and may still refuse its will. */
  default void admitted(LiveSession session) {}

  /** A CONNECT was refused. */
  default void refused(RefusedConnect connect) {}

  /** A session has lost its permissions and is being disconnected. */
  default void cut(LiveSession session) {}

  /**
   * HiveMQ ends a session for a reason of its own; {@link #ended} follows.
   *
   * @param reason the name of its MQTT 5 reason code as a word, {@code packet-too-large} for example
   * @param detail in HiveMQ's words; null if it gives none
   */
  default void closed(LiveSession session, String reason, String detail) {}

  /** A connection that had been admitted is gone, whatever ended it. */
  default void ended(LiveSession session) {}

  /** Tells all of them, in this order; none is in the way of the others, or of a connection. */
  static SessionObserver all(List<SessionObserver> observers) {
    return new SessionObserver() {
      @Override
      public void admitted(LiveSession session) {
        each(o -> o.admitted(session));
      }

      @Override
      public void refused(RefusedConnect connect) {
        each(o -> o.refused(connect));
      }

      @Override
      public void cut(LiveSession session) {
        each(o -> o.cut(session));
      }

      @Override
      public void closed(LiveSession session, String reason, String detail) {
        observers.forEach(o -> o.closed(session, reason, detail));
      }

      @Override
      public void ended(LiveSession session) {
        each(o -> o.ended(session));
      }

      private void each(Consumer<SessionObserver> tell) {
        for (SessionObserver observer : observers) {
          try {
            tell.accept(observer);
          } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(SessionObserver.class)
                .error("an observer of sessions failed; what was decided stands", e);
          }
        }
      }
    };
  }
}
