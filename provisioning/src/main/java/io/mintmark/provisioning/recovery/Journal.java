package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.sql.Transaction;

/** The audit log, as far as it is written here. */
@FunctionalInterface
public interface Journal {
  /** Adds a row to the transaction that makes the change. */
  void add(Transaction tx, String actor, String action, String subject, String detail);
}
