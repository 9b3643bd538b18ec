package io.mintmark.broker;

import java.io.IOException;

/** The feed is not the one this broker has read so far, or ends before that place. */
final class FeedBehindException extends IOException {

  private static final long serialVersionUID = 1L;

  FeedBehindException(String message) {
    super(message);
  }
}
