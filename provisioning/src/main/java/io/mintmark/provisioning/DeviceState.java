package io.mintmark.provisioning;

import com.fasterxml.jackson.annotation.JsonValue;
import io.mintmark.identity.Printable;
import java.util.Arrays;
import java.util.Locale;

/** Where a device stands. In JSON and in the registry the lower-case word. */
public enum DeviceState {
  /** In the manifest, without an operational certificate so far. */
  PENDING,
  /** Enrolled. */
  ACTIVE,
  /** May not connect, enrol or renew until it is released. */
  SUSPENDED,
  /** May not connect, enrol or renew ever again: it was not to be trusted any more. */
  REVOKED,
  /** May not connect, enrol or renew ever again: it is not used any more. */
  RETIRED;

  /** Whether there is no way back. */
  public boolean isForGood() {
    return this == REVOKED || this == RETIRED;
  }

  /** The word. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #word} back.
   *
   * @throws Refusal INVALID if it is none of the words
   */
  public static DeviceState parse(String word) throws Refusal {
    for (DeviceState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new Refusal(
        Refusal.Kind.INVALID,
        "device state '"
            + Printable.of(word)
            + "' is not known: use one of "
            + Arrays.stream(values()).map(DeviceState::word).toList());
  }
}
