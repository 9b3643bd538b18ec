package io.mintmark.provisioning;

import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.util.List;

/** One row for each change of state, never changed afterwards. Thread-safe. */
public final class AuditLog {

  /** The actor of what nobody asked for: the first start, the service's own certificate. */
  public static final String SYSTEM = "system";

  private static final int LONGEST_PAGE = 1000;

  private final Registry registry;
  private final AuditCheckpoints checkpoints;
  private final Clock clock;

  AuditLog(Registry registry, AuditCheckpoints checkpoints, Clock clock) {
    this.registry = registry;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  /**
   * Adds a row to the transaction that makes the change.
   *
   * @param detail or null; never a secret
   */
  public void add(Transaction tx, String actor, String action, String subject, String detail) {
    checkpoints.added(AuditTable.insert(tx, clock.instant(), actor, action, subject, detail));
    tx.afterCommit(checkpoints.whenCommitted());
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

  /** What is signed of it. */
  public AuditCheckpoints checkpoints() {
    return checkpoints;
  }
}
