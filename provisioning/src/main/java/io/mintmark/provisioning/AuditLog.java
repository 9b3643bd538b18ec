package io.mintmark.provisioning;

import java.time.Instant;
import java.util.List;

/** One row for each change of state, never changed afterwards. Thread-safe. */
public final class AuditLog {

  /**
   * A change of state.
   *
   * @param sequence its place, rising
   * @param at when
   * @param actor who: an operator's name, a SPIFFE ID, a bootstrap certificate, or {@code system}
   * @param action what, for example {@code device.enrolled}
   * @param subject to what, for example a device's id
   * @param detail anything worth knowing besides, or null
   */
  public record AuditRow(
      long sequence, Instant at, String actor, String action, String subject, String detail) {}

  /**
   * Rows after a sequence, oldest first.
   *
   * @param limit at most so many; held to 1..1000
   */
  public List<AuditRow> after(long sequence, int limit) {
    return null;
  }
}
