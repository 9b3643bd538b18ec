package io.mintmark.provisioning.ca;

/** A certificate that must not be signed; the message says which rule it broke. */
public final class LintException extends Exception {

  private static final long serialVersionUID = 1L;

  LintException(String message) {
    super(message);
  }
}
