package io.mintmark.identity;

import java.util.regex.Pattern;

/**
 * The installation's name, the root of every identity in it. Immutable.
 *
 * <p>Grammar: SPIFFE ID specification, section 2.1: lower-case letters, digits, dots, dashes and
 * underscores, at most 255 bytes. No port, no user information.
 *
 * @param name for example {@code example.org}
 */
public record TrustDomain(String name) {

  private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9._-]{1,255}");

  /**
   * @throws IllegalArgumentException if the name is outside the grammar
   */
  public TrustDomain {
    if (!GRAMMAR.matcher(name).matches()) {
      throw new IllegalArgumentException("trust domain '"
          + Printable.of(name)
          + "' is not valid: use 1 to 255 of a-z 0-9 . _ -, for example example.org");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
