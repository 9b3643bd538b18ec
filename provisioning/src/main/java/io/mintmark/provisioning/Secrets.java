package io.mintmark.provisioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a start is told in secret: by a file, the environment, or at the console. */
final class Secrets {

  private final Map<String, String> environment;
  private final Prompt prompt;

  Secrets(Map<String, String> environment, Prompt prompt) {
    this.environment = environment;
    this.prompt = prompt;
  }

  /** The value of an environment variable, or null. */
  String variable(String name) {
    return environment.get(name);
  }

  /**
   * What somebody types.
   *
   * @return null if nobody does
   */
  String typed(String question) {
    char[] typed = prompt.ask(question);
    return typed == null ? null : new String(typed);
  }

  /**
   * The first line of a file.
   *
   * @param what the secret is, for messages
   * @throws StartException if it is empty or cannot be read
   */
  static String firstLine(String what, Path file) throws StartException {
    try {
      String line = Files.readString(file).lines().findFirst().orElse("");
      return notEmpty(line, "the " + what + " file " + file);
    } catch (IOException e) {
      throw new StartException(
          "the " + what + " file " + file + " cannot be read: " + DataFolder.reason(e), e);
    }
  }

  /**
   * The value.
   *
   * @throws StartException if it is blank
   */
  static String notEmpty(String value, String where) throws StartException {
    if (value.isBlank()) {
      throw new StartException(where + " is empty");
    }
    return value;
  }
}
