package io.mintmark.provisioning;

/** The service cannot start. The message is one clear line for the person who started it. */
public final class StartException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Nothing else to know. */
  public StartException(String message) {
    super(message);
  }

  /** With what made it so, for the log. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
