package io.mintmark.identity;

import java.io.IOException;

/**
 * An EST request that brought no certificate. Thrown as such when the server or the way to it
 * failed and the request may simply be repeated; the subclasses say more, and when something else is
 * to be done.
 */
public class EstException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With the sentence to show. */
  public EstException(String message) {
    super(message);
  }

  /** With the sentence to show and what caused it. */
  public EstException(String message, Throwable cause) {
    super(message, cause);
  }
}
