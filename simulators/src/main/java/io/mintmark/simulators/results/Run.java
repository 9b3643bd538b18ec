package io.mintmark.simulators.results;

import io.mintmark.simulators.Environment;

/**
 * What is known of a run before it begins.
 *
 * @param scenario its name
 * @param text the scenario as it is played, with what flags changed; YAML
 * @param command the command line, without secrets: {@link CommandLineText}
 * @param target what is played against, one line
 * @param engine who plays: {@code sdk} or {@code swarm}
 * @param devices how many there are
 * @param mintmark the version that plays
 * @param environment where it plays
 */
public record Run(
    String scenario,
    String text,
    String command,
    String target,
    String engine,
    int devices,
    String mintmark,
    Environment environment) {}
