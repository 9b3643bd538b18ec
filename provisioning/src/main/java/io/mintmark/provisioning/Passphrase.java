package io.mintmark.provisioning;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/** What opens the CA's key stores, and where it comes from. */
final class Passphrase {

  /** The environment variable that may hold it. */
  static final String VARIABLE = "MINTMARK_PASSPHRASE";

  private static final int BYTES = 32;

  private Passphrase() {}

  /**
   * The passphrase: from the file named by the operator, else from the environment, else from the
   * data folder, where a random one is put if there is none.
   *
   * @param given the file named by the operator, or null
   * @param generate whether one may be made; if not, a missing one is an error
   * @return a secret
   * @throws StartException if it is empty or cannot be read
   */
  static String find(
      Path given, Map<String, String> environment, DataFolder folder, boolean generate)
      throws StartException {
    if (given != null) {
      return firstLine(given);
    }
    String value = environment.get(VARIABLE);
    if (value != null) {
      return notEmpty(value, "the environment variable " + VARIABLE);
    }
    Path file = folder.resolve("passphrase");
    if (!Files.exists(file)) {
      if (!generate) {
        throw new StartException("the CA's passphrase is not in "
            + file
            + ": name its file (--passphrase-file) or set "
            + VARIABLE);
      }
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
    return firstLine(file);
  }

  private static String firstLine(Path file) throws StartException {
    try {
      String line = Files.readString(file).lines().findFirst().orElse("");
      return notEmpty(line, "the passphrase file " + file);
    } catch (IOException e) {
      throw new StartException(
          "the passphrase file " + file + " cannot be read: " + DataFolder.reason(e), e);
    }
  }

  private static String notEmpty(String value, String where) throws StartException {
    if (value.isBlank()) {
      throw new StartException(where + " is empty");
    }
    return value;
  }
}
