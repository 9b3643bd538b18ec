package io.mintmark.cli;

import io.mintmark.simulators.scenario.Draft;
import io.mintmark.simulators.scenario.Key;
import io.mintmark.simulators.scenario.Settings.Value;
import io.mintmark.simulators.scenario.Verbs;
import java.util.List;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The flags that change a scenario: one for each setting that verbs have, so that whoever adds a verb adds
 * its flags. No state.
 */
final class SimulateFlags implements IModelTransformer {

  /** A fleet's name is a flag of a clearer name. */
  private static final String FLEET_NAME = "name";

  private static final String FLEET = "fleet";

  @Override
  public CommandSpec transform(CommandSpec spec) {
    Draft.HEAD.forEach(key -> add(spec, key.name(), key));
    Draft.FLEET.forEach(key -> add(spec, flag(key), key));
    Verbs.keys().forEach(key -> add(spec, key.name(), key));
    return spec;
  }

  private static String flag(Key key) {
    return key.name().equals(FLEET_NAME) ? FLEET : key.name();
  }

  private static void add(CommandSpec spec, String name, Key key) {
    String option = "--" + name;
    if (spec.findOption(option) == null) {
      spec.addOption(OptionSpec.builder(option)
          .paramLabel(key.value())
          .type(String.class)
          .description(key.description().replace("%", "%%"))
          .build());
    }
  }

  /**
   * A scenario with what was said on the command line.
   *
   * @throws IllegalArgumentException with one line if it has nothing of the kind
   */
  static Draft apply(Draft draft, ParseResult parsed) {
    Draft changed = draft;
    for (Key key : Draft.HEAD) {
      Value value = value(parsed, key.name());
      changed = value == null ? changed : changed.withHead(key.name(), value);
    }
    for (Key key : Draft.FLEET) {
      Value value = value(parsed, flag(key));
      changed = value == null ? changed : changed.withFleet(key.name(), value);
    }
    List<Key> keys = Verbs.keys();
    for (Key key : keys) {
      Value value = value(parsed, key.name());
      changed = value == null ? changed : changed.with(key.name(), value);
    }
    return changed;
  }

  private static Value value(ParseResult parsed, String name) {
    String text = parsed.matchedOptionValue("--" + name, (String) null);
    return text == null ? null : new Value(text, "--" + name);
  }
}
