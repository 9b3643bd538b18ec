package io.mintmark.identity;

import java.time.Duration;

/**
 * The server asks for the same request again later: 202 (RFC 7030, section 4.2.3), 429 or 503 with
 * Retry-After.
 */
public final class EstRetryLaterException extends EstException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final Duration retryAfter;

  /**
   * @param status 202, 429 or 503
   * @param retryAfter how long to wait; never negative
   */
  public EstRetryLaterException(int status, Duration retryAfter) {
    super("the EST server answered " + status + " and asks to try again in " + retryAfter);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** 202, 429 or 503. */
  public int status() {
    return status;
  }

  /** How long the server asks to wait. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
