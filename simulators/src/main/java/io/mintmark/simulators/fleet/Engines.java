package io.mintmark.simulators.fleet;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.util.List;

/** The engines by name. */
public final class Engines {

  /** All names. */
  public static final List<String> NAMES = List.of("sdk", "swarm");

  private Engines() {}

  /**
   * Makes or opens the fleet's state; connects nothing.
   *
   * @param name one of {@link #NAMES}
   * @throws IOException as one line to show, if that cannot be done
   * @throws IllegalArgumentException if there is no such engine
   */
  public static FleetEngine open(String name, Site site, FleetPlan plan, Progress progress)
      throws IOException {
    return switch (name) {
      case "sdk" -> SdkEngine.open(site, plan, progress);
      case "swarm" -> SwarmEngine.open(site, plan, progress);
      default ->
        throw new IllegalArgumentException(
            "engine '" + name + "' is not known: use " + String.join(" or ", NAMES));
    };
  }
}
