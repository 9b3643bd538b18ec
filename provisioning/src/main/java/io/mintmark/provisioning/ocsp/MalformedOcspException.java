package io.mintmark.provisioning.ocsp;

/** What was sent is not a request that RFC 6960 and RFC 9654 allow; the message says which rule. */
public final class MalformedOcspException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedOcspException(String message) {
    super(message);
  }
}
