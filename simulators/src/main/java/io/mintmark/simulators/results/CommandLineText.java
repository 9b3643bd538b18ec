package io.mintmark.simulators.results;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A command line as a shell would take it again, but for what is secret. */
public final class CommandLineText {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern SECRET =
      Pattern.compile("--?[a-z-]*(token|password|passphrase|pin|secret)");
  private static final Pattern USER_OF_URL = Pattern.compile("://[^/@\\s]*@");
  private static final String HIDDEN = "...";

  private CommandLineText() {}

  /**
   * One line. The value of an option that is called a token, a password, a passphrase, a PIN or a
   * secret is left out, and so is who a URL logs in as; names of files that hold one stay.
   */
  public static String of(String program, List<String> arguments) {
    StringBuilder line = new StringBuilder(program);
    boolean hide = false;
    for (String argument : arguments) {
      line.append(' ').append(quoted(hide ? HIDDEN : shown(argument)));
      hide = isSecret(argument);
    }
    return line.toString();
  }

  private static String shown(String argument) {
    int equals = argument.indexOf('=');
    if (equals > 0 && isSecret(argument.substring(0, equals))) {
      return argument.substring(0, equals + 1) + HIDDEN;
    }
    return USER_OF_URL.matcher(argument).replaceAll("://" + HIDDEN + "@");
  }

  private static boolean isSecret(String option) {
    return SECRET.matcher(option.toLowerCase(Locale.ROOT)).matches();
  }

  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
