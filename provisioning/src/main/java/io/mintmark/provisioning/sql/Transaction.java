package io.mintmark.provisioning.sql;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * One write transaction in progress: all of its changes become durable together, or none. Belongs
 * to the thread it was given to.
 */
public final class Transaction {

  private final Handle handle;
  private final AuditHead auditHead;
  private final List<Runnable> afterCommit;

  Transaction(Handle handle, AuditHead auditHead, List<Runnable> afterCommit) {
    this.handle = handle;
    this.auditHead = auditHead;
    this.afterCommit = afterCommit;
  }

  /** Where the SQL goes. */
  public Handle handle() {
    return handle;
  }

  /** The end of the audit log, rows of this transaction included. */
  AuditHead auditHead() {
    return auditHead;
  }

  /**
   * Has something quick run once the changes are durable; not at all if they are not. The same object
   * runs once, however often it is given.
   */
  public void afterCommit(Runnable action) {
    if (!afterCommit.contains(action)) {
      afterCommit.add(action);
    }
  }
}
