package io.mintmark.broker;

import io.mintmark.identity.Printable;

/** A value for a structured log line: printable, in quotes, and without any quotes of its own. */
final class Quoted {

  private Quoted() {}

  /** Nobody can make one such value look like two. */
  static String of(String value) {
    return '"' + Printable.of(value).replace('"', '\'') + '"';
  }
}
