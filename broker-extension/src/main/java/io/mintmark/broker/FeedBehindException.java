package io.mintmark.broker;

import java.io.IOException;

/** The feed ends before the place this broker has read it to: 409 of the service. */
final class FeedBehindException extends IOException {

  private static final long serialVersionUID = 1L;

  FeedBehindException(String message) {
    super(message);
  }
}
