package io.mintmark.simulators.scenario;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.scenario.Settings.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A scenario as it is written, before its values are read: flags may still change them. Immutable.
 *
 * @param name what reports call it
 * @param description one sentence
 * @param head {@code engine} and {@code seed}
 * @param fleet {@code name}, {@code devices}, {@code lifetime}, {@code state}
 * @param steps by verb
 * @param expectations what the run is held to
 */
public record Draft(
    String name,
    String description,
    Settings head,
    Settings fleet,
    List<Map<String, Settings>> steps,
    List<Value> expectations) {

  /** The keys of a scenario. */
  public static final List<String> KEYS =
      List.of("name", "description", "engine", "seed", "fleet", "steps", "expect");

  /** Those of them that are single values. */
  public static final List<Key> HEAD = List.of(
      new Key("engine", "sdk|swarm", "Who plays the devices: the SDK itself, or one event loop."),
      new Key("seed", "N", "Of what is left to chance."));

  /** The keys of its fleet. */
  public static final List<Key> FLEET = List.of(
      new Key("name", "FLEET", "The fleet's id, of which the devices' names begin."),
      new Key("devices", "N", "How many devices."),
      new Key("lifetime", "TIME", "How long their operational certificates live."),
      new Key("state", "DIR", "Where their factory and their credentials are: used again."));

  /** More than one machine plays. */
  private static final int MOST_DEVICES = 200_000;

  private static final Duration LIFETIME = Duration.ofDays(7);
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);

  /** Copies the lists. */
  public Draft {
    steps = List.copyOf(steps);
    expectations = List.copyOf(expectations);
  }

  /** The same with another value for a key of the scenario itself. */
  public Draft withHead(String key, Value value) {
    return new Draft(name, description, head.with(key, value), fleet, steps, expectations);
  }

  /** The same with another value for a key of the fleet. */
  public Draft withFleet(String key, Value value) {
    return new Draft(name, description, head, fleet.with(key, value), steps, expectations);
  }

  /** The same with one more expectation. */
  public Draft withExpectation(Value value) {
    List<Value> more = new ArrayList<>(expectations);
    more.add(value);
    return new Draft(name, description, head, fleet, steps, more);
  }

  /**
   * The same with another value for a setting of verbs: of all that say something about it, or if none
   * does, of all that know it.
   *
   * @throws IllegalArgumentException if no verb of the scenario knows it
   */
  public Draft with(String key, Value value) {
    boolean said = steps.stream().flatMap(step -> step.values().stream()).anyMatch(s -> s.has(key));
    List<Map<String, Settings>> changed = new ArrayList<>();
    boolean found = false;
    for (Map<String, Settings> step : steps) {
      Map<String, Settings> verbs = new LinkedHashMap<>();
      for (Map.Entry<String, Settings> each : step.entrySet()) {
        boolean meant = said
            ? each.getValue().has(key)
            : Verbs.of(each.getKey()).filter(verb -> verb.knows(key)).isPresent();
        verbs.put(each.getKey(), meant ? each.getValue().with(key, value) : each.getValue());
        found |= meant;
      }
      changed.add(verbs);
    }
    if (!found) {
      List<String> verbs =
          steps.stream().flatMap(step -> step.keySet().stream()).distinct().toList();
      throw new IllegalArgumentException(value.where() + ": none of " + String.join(", ", verbs)
          + " in the scenario " + name + " has a '" + key + "'; leave it out");
    }
    return new Draft(name, description, head, fleet, changed, expectations);
  }

  /**
   * Reads the values.
   *
   * @throws IllegalArgumentException with one line if one is not possible
   */
  public Scenario scenario() {
    List<List<Phase>> phases = new ArrayList<>();
    for (Map<String, Settings> step : steps) {
      List<Phase> played = new ArrayList<>();
      step.forEach(
          (verb, settings) -> played.add(Verbs.of(verb).orElseThrow().reading().apply(settings)));
      if (played.stream().noneMatch(Phase::endsByItself)) {
        throw new IllegalArgumentException("the step " + String.join(", ", step.keySet())
            + " of the scenario " + name + " would never end: give one of it a 'duration'");
      }
      phases.add(List.copyOf(played));
    }
    if (phases.isEmpty()) {
      throw new IllegalArgumentException(
          "the scenario " + name + " has no steps: add some, as in 'steps: [enroll, connect]'");
    }
    Duration lifetime = fleet.duration("lifetime", LIFETIME);
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0) {
      throw fleet.wrong("lifetime", "a certificate lives 10s at least");
    }
    return new Scenario(
        name,
        head.word("engine", Scenario.SDK, List.of(Scenario.SDK, Scenario.SWARM)),
        fleet.read("name", FleetId::new).orElse(new FleetId("simulated")),
        fleet.count("devices", 10, 0, MOST_DEVICES),
        lifetime,
        fleet.text("state").map(Path::of).orElse(null),
        head.count("seed", 1, 0, Integer.MAX_VALUE),
        List.copyOf(phases),
        expectations.stream().map(Value::text).toList(),
        yaml());
  }

  /** As a scenario file. */
  public String yaml() {
    StringBuilder text = new StringBuilder();
    text.append("name: ").append(quoted(name)).append('\n');
    if (!description.isEmpty()) {
      text.append("description: ").append(quoted(description)).append('\n');
    }
    head.values().forEach((key, value) -> line(text, "", key, value.text()));
    if (!fleet.values().isEmpty()) {
      text.append("fleet:\n");
      fleet.values().forEach((key, value) -> line(text, "  ", key, value.text()));
    }
    text.append("steps:\n");
    for (Map<String, Settings> step : steps) {
      String lead = "  - ";
      for (Map.Entry<String, Settings> verb : step.entrySet()) {
        text.append(lead).append(verb.getKey()).append(":\n");
        verb.getValue().values().forEach((key, value) -> line(text, "      ", key, value.text()));
        lead = "    ";
      }
    }
    if (!expectations.isEmpty()) {
      text.append("expect:\n");
      expectations.forEach(
          each -> text.append("  - ").append(quoted(each.text())).append('\n'));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String indent, String key, String value) {
    text.append(indent).append(key).append(": ").append(quoted(value)).append('\n');
  }

  /** Quoted where YAML would read something else than the text. */
  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9/][A-Za-z0-9/._-]*")
        ? text
        : "'" + text.replace("'", "''").replace("\n", " ") + "'";
  }
}
