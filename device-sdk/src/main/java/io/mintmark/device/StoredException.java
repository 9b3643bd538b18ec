package io.mintmark.device;

/**
 * Nothing went wrong: the message is in the buffer on disk and goes out with a later connection or a
 * later start, but nobody will be told when. The client was closed, or more messages wait than it
 * keeps futures for. Do not publish it again.
 */
public final class StoredException extends DeviceException {
  private static final long serialVersionUID = 1L;

  StoredException(String message) {
    super(message, null);
  }
}
