package io.mintmark.broker;

import java.io.IOException;

/** The service has lost some of its feed and wants to be told first what this broker remembers. */
final class MemoryWantedException extends IOException {

  private static final long serialVersionUID = 1L;

  MemoryWantedException(String message) {
    super(message);
  }
}
