package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.provisioning.sql.OperatorTable;
import io.mintmark.provisioning.sql.Registry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** Who may use the operator API. The registry keeps hashes of tokens only. Thread-safe. */
public final class Operators {

  private static final int TOKEN_BYTES = 32;

  private final Registry registry;

  Operators(Registry registry) {
    this.registry = registry;
  }

  /**
   * The operator a bearer token belongs to. The token is found by its SHA-256, so the time the
   * search takes tells nothing that helps to guess a token.
   *
   * @return the operator's name for the audit; empty if the token is nobody's
   */
  public Optional<String> authenticate(String token) {
    String hash = hash(token);
    return registry.read(h -> OperatorTable.find(h, hash));
  }

  /** A new token of 256 random bits. A secret. */
  static String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /** The form the registry keeps; a token is random, so no salt and no stretching is needed. */
  static String hash(String token) {
    return Pem.fingerprint(token.getBytes(StandardCharsets.UTF_8));
  }
}
