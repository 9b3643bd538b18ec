/**
 * The {@code mintmark} command: one class per verb, each wiring the modules together and nothing
 * else. {@link io.mintmark.cli.Mintmark} is the entry point.
 */
package io.mintmark.cli;
