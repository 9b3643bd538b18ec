package io.mintmark.cli;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode;
import io.mintmark.provisioning.yaml.YamlNode.Entry;
import io.mintmark.provisioning.yaml.YamlNode.Mapping;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlReader;
import io.mintmark.simulators.scenario.BuiltIn;
import io.mintmark.simulators.scenario.Draft;
import io.mintmark.simulators.scenario.Key;
import io.mintmark.simulators.scenario.Settings;
import io.mintmark.simulators.scenario.Settings.Value;
import io.mintmark.simulators.scenario.Verb;
import io.mintmark.simulators.scenario.Verbs;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads scenarios: those that come with the program by name, others from YAML files. */
final class ScenarioFile {

  private final String where;

  private ScenarioFile(String where) {
    this.where = Printable.of(where);
  }

  /**
   * Finds and reads one.
   *
   * @param name of a built-in scenario, or the path of a file
   * @throws CommandFailure with one line if there is none, or it is not one
   */
  static Draft find(String name) throws CommandFailure {
    if (BuiltIn.names().contains(name)) {
      return read(name, BuiltIn.text(name));
    }
    Path file = Path.of(name);
    if (!name.contains("/") && !name.endsWith(".yaml") && !Files.exists(file)) {
      throw unusable("there is no scenario '" + Printable.of(name) + "': "
          + Suggestion.of(name, BuiltIn.names())
              .map(near -> "did you mean '" + near + "'?")
              .orElse("use one of " + String.join(", ", BuiltIn.names()) + ", or a file.yaml"));
    }
    try {
      return read(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw unusable("there is no file " + Printable.of(name));
    } catch (CharacterCodingException e) {
      throw unusable("cannot read " + Printable.of(name) + ": it is not text in UTF-8");
    } catch (IOException e) {
      throw unusable("cannot read " + Printable.of(name) + ": " + e.getMessage());
    }
  }

  /**
   * Reads one.
   *
   * @param where it comes from, for messages
   */
  static Draft read(String where, String yaml) throws CommandFailure {
    if (yaml.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"))) {
      throw unusable(Printable.of(where)
          + " is empty: 'mintmark simulate --show telemetry' prints one to start from");
    }
    try {
      return new ScenarioFile(where).draft(yaml);
    } catch (YamlException e) {
      throw unusable(Printable.of(where) + ", " + e.getMessage());
    }
  }

  private Draft draft(String yaml) throws YamlException {
    Section top = Section.of("a scenario", YamlReader.read(yaml), Draft.KEYS);
    Section fleet = top.section("fleet", names(Draft.FLEET)).orElse(Section.EMPTY);
    List<Value> expectations = new ArrayList<>();
    for (Scalar each : top.scalars("expect")) {
      expectations.add(value(each));
    }
    return new Draft(
        top.scalar("name").map(ScenarioFile::harmless).orElse(where),
        top.scalar("description").map(ScenarioFile::harmless).orElse(""),
        settings("the scenario", top, names(Draft.HEAD)),
        settings("the fleet", fleet, names(Draft.FLEET)),
        steps(top),
        expectations);
  }

  private List<Map<String, Settings>> steps(Section top) throws YamlException {
    List<Map<String, Settings>> steps = new ArrayList<>();
    for (YamlNode item : top.items("steps")) {
      Map<String, Settings> step = new LinkedHashMap<>();
      if (item instanceof Scalar verb) {
        step.put(verb(verb.text(), verb.line()).name(), Settings.none(verb.text()));
      } else if (item instanceof Mapping verbs) {
        if (verbs.entries().isEmpty()) {
          throw YamlException.at(
              verbs.line(), "a step needs a verb: one of " + String.join(", ", Verbs.names()));
        }
        for (Map.Entry<String, Entry> each : verbs.entries().entrySet()) {
          Verb verb = verb(each.getKey(), each.getValue().line());
          step.put(verb.name(), settings(verb, each.getValue()));
        }
      }
      steps.add(step);
    }
    return steps;
  }

  private static Verb verb(String name, int line) throws YamlException {
    return Verbs.of(name)
        .orElseThrow(() -> YamlException.at(
            line,
            "there is no verb '" + Printable.of(name) + "': "
                + Suggestion.of(name, Verbs.names())
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("use one of " + String.join(", ", Verbs.names()))));
  }

  private Settings settings(Verb verb, Entry entry) throws YamlException {
    if (entry.value() instanceof Scalar nothing && nothing.text().isEmpty()) {
      return Settings.none(verb.name());
    }
    if (entry.value() instanceof Mapping mapping) {
      return settings(
          verb.name(),
          Section.of("'" + verb.name() + "'", mapping, verb.keyNames()),
          verb.keyNames());
    }
    throw YamlException.at(
        entry.line(),
        "'" + verb.name() + "' needs keys of its own, or nothing: " + verb.keyNames());
  }

  private Settings settings(String of, Section section, List<String> keys) throws YamlException {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String key : keys) {
      section.scalar(key).ifPresent(scalar -> values.put(key, value(scalar)));
    }
    return new Settings(of, values);
  }

  /** Any language's text, but nothing that a terminal obeys. */
  private static String harmless(Scalar scalar) {
    String text = scalar.text();
    return text.chars().anyMatch(Character::isISOControl) ? Printable.of(text) : text;
  }

  private Value value(Scalar scalar) {
    return new Value(scalar.text(), where + ", line " + scalar.line());
  }

  private static List<String> names(List<Key> keys) {
    return keys.stream().map(Key::name).toList();
  }

  private static CommandFailure unusable(String line) {
    return new CommandFailure(CommandFailure.UNUSABLE, line);
  }
}
