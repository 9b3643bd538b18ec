package io.mintmark.device;

import java.time.Duration;
import java.util.Optional;

/**
 * It did not work this time and may the next: a network or a server that is down or busy, a queue
 * that is full, a client that was closed before the answer came.
 */
public final class RetryLaterException extends DeviceException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  RetryLaterException(String message) {
    this(message, (Throwable) null);
  }

  RetryLaterException(String message, Throwable cause) {
    super(message, cause);
    this.retryAfter = null;
  }

  RetryLaterException(String message, int reasonCode) {
    super(message, reasonCode, null);
    this.retryAfter = null;
  }

  RetryLaterException(String message, Duration retryAfter, Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /** How long the other side asked to wait, where it did. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
