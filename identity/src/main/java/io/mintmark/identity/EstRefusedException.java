package io.mintmark.identity;

/**
 * The server understood and said no (a 4xx status): repeating the request as it is will not help; a
 * person or a different request will.
 */
public final class EstRefusedException extends EstException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String reason;

  /**
   * @param status the HTTP status, 400 to 499
   * @param reason the server's own words, made printable
   */
  public EstRefusedException(int status, String reason) {
    super("the EST server refused with " + status + ": " + reason);
    this.status = status;
    this.reason = reason;
  }

  /** The HTTP status, 400 to 499. */
  public int status() {
    return status;
  }

  /** The server's own words. */
  public String reason() {
    return reason;
  }
}
