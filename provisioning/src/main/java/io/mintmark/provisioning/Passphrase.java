package io.mintmark.provisioning;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** What opens the CAs' key stores, and where it comes from. */
final class Passphrase {

  /** The environment variable that may hold it. */
  static final String VARIABLE = "MINTMARK_PASSPHRASE";

  /** In place of a file's name: ask. */
  private static final Path ASK = Path.of("-");

  private static final int BYTES = 32;

  private Passphrase() {}

  /**
   * The passphrase: from the file named by the operator, else from the environment, else from the
   * data folder, where a random one is put if there is none; where none may be made, it is asked for.
   *
   * @param given the file named by the operator, or null; {@code -} to be asked
   * @param generate whether one may be made; if not, a missing one is an error
   * @return a secret
   * @throws StartException if it is empty or cannot be had
   */
  static String find(Path given, Secrets secrets, DataFolder folder, boolean generate)
      throws StartException {
    if (ASK.equals(given)) {
      return generate ? askTwice(secrets) : ask(secrets, "nobody typed the CA's passphrase");
    }
    if (given != null) {
      return Secrets.firstLine("passphrase", given);
    }
    String value = secrets.variable(VARIABLE);
    if (value != null) {
      return Secrets.notEmpty(value, "the environment variable " + VARIABLE);
    }
    Path file = folder.resolve("passphrase");
    if (!Files.exists(file)) {
      if (!generate) {
        return ask(
            secrets,
            "the CA's passphrase is not in "
                + file
                + ": name its file (--passphrase-file) or set "
                + VARIABLE);
      }
      make(file);
    }
    return Secrets.firstLine("passphrase", file);
  }

  private static void make(Path file) throws StartException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    try {
      AtomicFile.writeSecret(
          file, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
    } catch (IOException e) {
      throw new StartException(
          "the passphrase cannot be stored in " + file + ": " + DataFolder.reason(e), e);
    }
  }

  private static String ask(Secrets secrets, String otherwise) throws StartException {
    String typed = secrets.typed("Passphrase of the CA keys");
    if (typed == null) {
      throw new StartException(otherwise);
    }
    return typed;
  }

  /** A slip would make keys nobody can open again. */
  private static String askTwice(Secrets secrets) throws StartException {
    String first = ask(secrets, "nobody typed the CA's passphrase");
    if (!first.equals(secrets.typed("The same again"))) {
      throw new StartException("the two passphrases typed are not the same: start again");
    }
    return first;
  }
}
