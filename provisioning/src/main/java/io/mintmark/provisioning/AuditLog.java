package io.mintmark.provisioning;

import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** One row for each change of state, never changed afterwards. Thread-safe. */
public final class AuditLog {

  /** The actor of what nobody asked for: the first start, the service's own certificate. */
  public static final String SYSTEM = "system";

  private static final int LONGEST_PAGE = 1000;

  /**
   * A change of state.
   *
   * @param sequence its place, rising
   * @param at when
   * @param actor who: an operator's name, an SPIFFE ID, a bootstrap certificate, or {@code system}
   * @param action what, for example {@code device.enrolled}
   * @param subject to what, for example a device's id
   * @param detail anything worth knowing besides, or null
   */
  public record AuditRow(
      long sequence, Instant at, String actor, String action, String subject, String detail) {}

  private final Registry registry;
  private final Clock clock;

  AuditLog(Registry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /**
   * Adds a row to the transaction that makes the change.
   *
   * @param detail or null; never a secret
   */
  public void add(Transaction tx, String actor, String action, String subject, String detail) {
    AuditTable.insert(tx, clock.instant(), actor, action, subject, detail);
  }

  /**
   * Rows after a sequence, oldest first.
   *
   * @param limit at most so many; held to 1..1000
   */
  public List<AuditRow> after(long sequence, int limit) {
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    return registry.read(h -> AuditTable.after(h, sequence, held));
  }
}
