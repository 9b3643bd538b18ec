package io.mintmark.identity;

/**
 * A fleet's id, which is also its EST label. Immutable.
 *
 * <p>Grammar: {@code [a-z0-9-]{1,63}}.
 *
 * @param value the id
 */
public record FleetId(String value) implements Comparable<FleetId> {

  private static final Grammar GRAMMAR = new Grammar(63, "a0-");

  /**
   * @throws IllegalArgumentException if the value is outside the grammar
   */
  public FleetId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "fleet id '" + Printable.of(value) + "' is not valid: use 1 to 63 of a-z 0-9 -");
    }
  }

  /** Whether the text is a fleet id. */
  public static boolean isValid(String value) {
    return GRAMMAR.matches(value);
  }

  @Override
  public int compareTo(FleetId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
