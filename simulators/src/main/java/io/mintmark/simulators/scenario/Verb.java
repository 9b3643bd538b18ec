package io.mintmark.simulators.scenario;

import java.util.List;
import java.util.function.Function;

/**
 * Something scenarios can do.
 *
 * @param name as scenarios write it: {@code connect}
 * @param keys the settings it knows; keys of the same name mean the same with all verbs
 * @param reading makes the phase of its settings; throws {@link IllegalArgumentException} with one line
 *     if they are not possible
 */
public record Verb(String name, List<Key> keys, Function<Settings, Phase> reading) {

  /** Copies the keys. */
  public Verb {
    keys = List.copyOf(keys);
  }

  /** The names of its keys. */
  public List<String> keyNames() {
    return keys.stream().map(Key::name).toList();
  }

  /** Whether it has a setting of this name. */
  public boolean knows(String key) {
    return keyNames().contains(key);
  }
}
