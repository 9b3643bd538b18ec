package io.mintmark.provisioning.yaml;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import io.mintmark.provisioning.yaml.YamlNode.Entry;
import io.mintmark.provisioning.yaml.YamlNode.Mapping;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping whose keys are known beforehand. Immutable. */
public final class Section {

  /** One that was left out. */
  public static final Section EMPTY = new Section(new Mapping(1, Map.of()));

  private final Mapping mapping;

  private Section(Mapping mapping) {
    this.mapping = mapping;
  }

  /**
   * Holds a mapping to its keys.
   *
   * @param where what the mapping is, for messages
   * @param known the keys it may have
   * @throws YamlException for a key that is none of them, with the nearest that is
   */
  public static Section of(String where, Mapping mapping, List<String> known) throws YamlException {
    for (Map.Entry<String, Entry> entry : mapping.entries().entrySet()) {
      if (!known.contains(entry.getKey())) {
        String hint = Suggestion.of(entry.getKey(), known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("use one of " + known);
        throw YamlException.at(
            entry.getValue().line(),
            "unknown key '" + Printable.of(entry.getKey()) + "' in " + where + ": " + hint);
      }
    }
    return new Section(mapping);
  }

  /** The line the section begins on. */
  public int line() {
    return mapping.line();
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  /**
   * The section of a key; empty if the key is not there.
   *
   * @throws YamlException if the value is no section, or has unknown keys
   */
  public Optional<Section> section(String key, List<String> known) throws YamlException {
    Entry entry = mapping.entries().get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!(entry.value() instanceof Mapping inner)) {
      throw YamlException.at(entry.line(), "'" + key + "' needs keys of its own: " + known);
    }
    return Optional.of(of("'" + key + "'", inner, known));
  }

  /**
   * The value of a key; empty if the key is not there.
   *
   * @throws YamlException if it is no single value
   */
  public Optional<Scalar> scalar(String key) throws YamlException {
    Entry entry = mapping.entries().get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value() instanceof Scalar scalar && !scalar.text().isEmpty()) {
      return Optional.of(scalar);
    }
    throw YamlException.at(entry.line(), "'" + key + "' needs one value");
  }

  /**
   * The value of a key that is one of some words; empty if the key is not there.
   *
   * @throws YamlException if it is another word, with the nearest that may stand there
   */
  public Optional<String> word(String key, List<String> words) throws YamlException {
    Optional<Scalar> value = scalar(key);
    if (value.isPresent() && !words.contains(value.get().text())) {
      String text = value.get().text();
      String hint = Suggestion.of(text, words)
          .map(near -> "did you mean '" + near + "'?")
          .orElse("use one of " + words);
      throw YamlException.at(
          value.get().line(), "'" + key + "' cannot be '" + Printable.of(text) + "': " + hint);
    }
    return value.map(Scalar::text);
  }

  /**
   * The values of a key; empty if the key is not there.
   *
   * @throws YamlException if it is no list of single values
   */
  public List<Scalar> scalars(String key) throws YamlException {
    List<Scalar> values = new ArrayList<>();
    for (YamlNode item : sequence(key)) {
      if (!(item instanceof Scalar scalar) || scalar.text().isEmpty()) {
        throw YamlException.at(item.line(), "each item of '" + key + "' needs one value");
      }
      values.add(scalar);
    }
    return values;
  }

  /**
   * The items of a key, each a {@link Scalar} or a {@link Mapping}; empty if the key is not there.
   *
   * @throws YamlException if it is no list of such
   */
  public List<YamlNode> items(String key) throws YamlException {
    for (YamlNode item : sequence(key)) {
      boolean usable =
          item instanceof Scalar scalar ? !scalar.text().isEmpty() : item instanceof Mapping;
      if (!usable) {
        throw YamlException.at(
            item.line(), "each item of '" + key + "' needs one value, or keys of its own");
      }
    }
    return sequence(key);
  }

  private List<YamlNode> sequence(String key) throws YamlException {
    Entry entry = mapping.entries().get(key);
    if (entry == null) {
      return List.of();
    }
    if (!(entry.value() instanceof Sequence sequence)) {
      throw YamlException.at(
          entry.line(), "'" + key + "' needs a list: one line each, beginning with '- '");
    }
    return sequence.items();
  }
}
