package io.mintmark.simulators.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The scenarios that come with the program, as files to start from. */
public final class BuiltIn {

  private static final List<String> NAMES = List.of(
      "enroll",
      "connect",
      "telemetry",
      "renew",
      "revoke",
      "rollover",
      "churn",
      "soak",
      "faults",
      "attack");

  private BuiltIn() {}

  /** Their names. */
  public static List<String> names() {
    return NAMES;
  }

  /** The text of one of them, YAML. */
  public static String text(String name) {
    try (InputStream in = BuiltIn.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no scenario " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
