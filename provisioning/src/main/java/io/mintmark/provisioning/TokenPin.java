package io.mintmark.provisioning;

import io.mintmark.provisioning.ca.KeyToken;
import io.mintmark.provisioning.ca.TokenSettings;

/** The PIN of the token that keeps CA keys, and where it comes from. */
final class TokenPin {

  /** The environment variable that may hold it. */
  static final String VARIABLE = "MINTMARK_PKCS11_PIN";

  private TokenPin() {}

  /**
   * Logs in with the PIN of the file named in the settings, else of the environment, else typed.
   *
   * @throws StartException if there is no PIN, or the token cannot be used with it
   */
  static KeyToken login(TokenSettings settings, Secrets secrets) throws StartException {
    return KeyToken.open(settings, find(settings, secrets).toCharArray());
  }

  private static String find(TokenSettings settings, Secrets secrets) throws StartException {
    if (settings.pinFile() != null) {
      return Secrets.firstLine("PIN", settings.pinFile());
    }
    String value = secrets.variable(VARIABLE);
    if (value != null) {
      return Secrets.notEmpty(value, "the environment variable " + VARIABLE);
    }
    String typed = secrets.typed("PIN of the PKCS#11 token");
    if (typed == null) {
      throw new StartException("the PIN of the PKCS#11 token is not known: name its file (ca,"
          + " pkcs11, pin-file in the settings) or set " + VARIABLE);
    }
    return typed;
  }
}
