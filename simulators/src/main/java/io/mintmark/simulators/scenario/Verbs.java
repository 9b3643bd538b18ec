package io.mintmark.simulators.scenario;

import io.mintmark.simulators.attack.AttackPhase;
import io.mintmark.simulators.fault.FaultPhase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What scenarios can do: every verb is named here, and nowhere else. */
public final class Verbs {

  private static final List<Verb> ALL = List.of(
      EnrollPhase.VERB,
      ConnectPhase.VERB,
      TelemetryPhase.VERB,
      RenewPhase.VERB,
      RevokePhase.VERB,
      RolloverPhase.VERB,
      ChurnPhase.VERB,
      FaultPhase.VERB,
      AttackPhase.VERB,
      WatchPhase.VERB,
      WaitPhase.VERB);

  private Verbs() {}

  /** All, in the order help texts have them in. */
  public static List<Verb> all() {
    return ALL;
  }

  /** Their names. */
  public static List<String> names() {
    return ALL.stream().map(Verb::name).toList();
  }

  /** The one of this name. */
  public static Optional<Verb> of(String name) {
    return ALL.stream().filter(verb -> verb.name().equals(name)).findFirst();
  }

  /** The settings of all verbs by name, each once. */
  public static List<Key> keys() {
    Map<String, Key> keys = new LinkedHashMap<>();
    ALL.forEach(verb -> verb.keys().forEach(key -> keys.putIfAbsent(key.name(), key)));
    return List.copyOf(keys.values());
  }
}
