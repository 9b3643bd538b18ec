package io.mintmark.provisioning.ca;

/**
 * A CA's key that was there cannot be used now: its token was pulled out, or forgot who logged in.
 * Nothing is wrong with what was to be signed. The message is one printable line for the log.
 */
public final class KeyUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  KeyUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
