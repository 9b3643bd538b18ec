package io.mintmark.provisioning;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An enum whose constants people write as lower-case words with hyphens. */
public interface Worded {

  /** The constant's name in Java. */
  String name();

  /** The word, in YAML, in JSON and in the registry. */
  @JsonValue
  default String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All words of an enum, in its order. */
  static List<String> words(Class<? extends Worded> type) {
    return Arrays.stream(type.getEnumConstants()).map(Worded::word).toList();
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if it is none of {@link #words}
   */
  static <T extends Worded> T of(Class<T> type, String word) {
    for (T constant : type.getEnumConstants()) {
      if (constant.word().equals(word)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("'" + word + "' is none of " + words(type));
  }
}
