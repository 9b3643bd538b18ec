package io.mintmark.provisioning;

import java.util.Optional;

/** Who may use the operator API. Thread-safe. */
public final class Operators {

  /**
   * The operator a bearer token belongs to.
   *
   * @return the operator's name for the audit; empty if the token is nobody's
   */
  public Optional<String> authenticate(String token) {
    return null;
  }
}
