package io.mintmark.device;

/** The request can never work as it is: a topic the broker calls invalid, a packet too large. */
public final class InvalidRequestException extends DeviceException {
  private static final long serialVersionUID = 1L;

  InvalidRequestException(String message) {
    super(message, null);
  }

  InvalidRequestException(String message, int reasonCode) {
    super(message, reasonCode, null);
  }
}
