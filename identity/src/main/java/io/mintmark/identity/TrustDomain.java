package io.mintmark.identity;

/**
 * The installation's name, the root of every identity in it. Immutable.
 *
 * <p>Grammar: SPIFFE ID specification, section 2.1: lower-case letters, digits, dots, dashes and
 * underscores, at most 255 bytes. No port, no user information.
 *
 * @param name for example {@code example.org}
 */
public record TrustDomain(String name) {

  private static final Grammar GRAMMAR = new Grammar(255, "a0._-");

  /**
   * @throws IllegalArgumentException if the name is outside the grammar
   */
  public TrustDomain {
    if (!GRAMMAR.matches(name)) {
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
