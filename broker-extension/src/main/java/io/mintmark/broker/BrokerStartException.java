package io.mintmark.broker;

/**
 * The broker did not start, and no port is open. The message is one line for the person who started
 * it: what is wrong and what to do.
 */
public final class BrokerStartException extends Exception {

  private static final long serialVersionUID = 1L;

  BrokerStartException(String message) {
    super(message);
  }

  BrokerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
