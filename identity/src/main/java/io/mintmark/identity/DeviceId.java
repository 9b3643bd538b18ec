package io.mintmark.identity;

/**
 * A device's id, unique in its trust domain. Immutable.
 *
 * <p>Grammar: {@code [A-Za-z0-9._-]{1,64}}, but not {@code .} or {@code ..}. None of these
 * characters is a wildcard, a level separator or a substitution mark, so an id put into a topic
 * filter, a path or a URI stays one level of it.
 *
 * @param value the id, case-sensitive
 */
public record DeviceId(String value) implements Comparable<DeviceId> {

  private static final Grammar GRAMMAR = new Grammar(64, "Aa0._-");

  /**
   * @throws IllegalArgumentException if the value is outside the grammar
   */
  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("device id '"
          + Printable.of(value)
          + "' is not valid: use 1 to 64 of A-Z a-z 0-9 . _ - (and not . or ..)");
    }
  }

  /** Whether the text is a device id. */
  public static boolean isValid(String value) {
    return GRAMMAR.matches(value) && !value.equals(".") && !value.equals("..");
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
