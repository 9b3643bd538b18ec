package io.mintmark.cli;

import io.mintmark.provisioning.Prompt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What opens a root's key that is not with the service. */
final class RootPassphrase {

  private static final String VARIABLE = "MINTMARK_PASSPHRASE";

  private RootPassphrase() {}

  /**
   * The passphrase: from a file, else the environment, else the data folder, else typed.
   *
   * @param given the file named, or null
   * @return a secret
   */
  static String find(Path given, Path data) throws Exception {
    Path stored = data.resolve("passphrase");
    if (given != null || (System.getenv(VARIABLE) == null && Files.exists(stored))) {
      return Files.readString(given == null ? stored : given)
          .lines()
          .findFirst()
          .orElse("");
    }
    Optional<String> known = Optional.ofNullable(System.getenv(VARIABLE));
    if (known.isPresent()) {
      return known.get();
    }
    char[] typed = Prompt.CONSOLE.ask("Passphrase of the root's key");
    if (typed == null) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "the passphrase of the root's key is not known: name its file (--root-passphrase-file) or"
              + " set " + VARIABLE);
    }
    return new String(typed);
  }
}
