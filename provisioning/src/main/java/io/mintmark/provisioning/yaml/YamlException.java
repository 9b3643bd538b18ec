package io.mintmark.provisioning.yaml;

/** A document that cannot be used; the message is one line, with the line where it is wrong. */
public final class YamlException extends Exception {

  private static final long serialVersionUID = 1L;

  YamlException(String message) {
    super(message);
  }

  /**
   * What is wrong at a place.
   *
   * @param line counted from 1
   */
  public static YamlException at(int line, String message) {
    return new YamlException("line " + line + ": " + message);
  }
}
