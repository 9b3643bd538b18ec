package io.mintmark.simulators.scenario;

/**
 * A setting of a verb; the command line has a flag of the same name.
 *
 * @param name as scenarios write it: {@code rate}
 * @param value stands for the value in help texts: {@code RATE}
 * @param description one sentence for help texts
 */
public record Key(String name, String value, String description) {}
