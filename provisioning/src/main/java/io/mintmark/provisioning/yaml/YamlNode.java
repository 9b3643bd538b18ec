package io.mintmark.provisioning.yaml;

import java.util.List;
import java.util.Map;

/** A piece of a document and the line it begins on, counted from 1. Immutable. */
public sealed interface YamlNode {

  /** The line it begins on. */
  int line();

  /**
   * A single value; whether it looks like a number makes no difference.
   *
   * @param text as written, without quotes; empty when nothing is there
   * @param start where it begins in the document, in code points, quotes included
   * @param end where it ends
   */
  record Scalar(int line, String text, int start, int end) implements YamlNode {}

  /**
   * A list.
   *
   * @param items in order
   */
  record Sequence(int line, List<YamlNode> items) implements YamlNode {}

  /**
   * Keys and their values.
   *
   * @param entries in order
   */
  record Mapping(int line, Map<String, Entry> entries) implements YamlNode {}

  /**
   * One value of a mapping.
   *
   * @param line of the key
   * @param value what it stands for
   */
  record Entry(int line, YamlNode value) {}
}
