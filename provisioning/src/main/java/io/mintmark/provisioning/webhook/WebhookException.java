package io.mintmark.provisioning.webhook;

/** The webhook did not decide; the message says why, for the operator. */
public final class WebhookException extends Exception {

  private static final long serialVersionUID = 1L;

  WebhookException(String message, Throwable cause) {
    super(message, cause);
  }
}
