package io.mintmark.simulators;

import java.io.IOException;

/** A broker that can be started to be measured; started ones are its maker's to stop. */
public interface BrokerChoice {

  /** What reports call it, for example {@code stock}. */
  String label();

  /** Why it cannot be measured here, one line; null if it can. */
  String missing();

  /**
   * Starts it; returns when it listens.
   *
   * @throws IOException if it does not start; the message is one line to show
   */
  MeasuredBroker start() throws IOException;
}
