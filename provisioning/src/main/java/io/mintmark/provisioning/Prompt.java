package io.mintmark.provisioning;

import java.io.Console;

/** Asks whoever sits at the console for a secret. */
@FunctionalInterface
public interface Prompt {

  /** At the console, without showing what is typed. */
  Prompt CONSOLE = Prompt::atConsole;

  /**
   * Asks.
   *
   * @param question what for, without a colon
   * @return a secret; null if nobody can be asked, or nothing was typed
   */
  char[] ask(String question);

  @SuppressWarnings("SystemConsoleNull") // Null is one way to say that nobody can be asked.
  private static char[] atConsole(String question) {
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword("%s: ", question);
    return typed == null || typed.length == 0 ? null : typed;
  }
}
