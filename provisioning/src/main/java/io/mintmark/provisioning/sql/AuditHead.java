package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.audit.ChainHash;
import org.jdbi.v3.core.Handle;

/**
 * The end of the audit log as the transaction in progress has it, so that a row need not look for
 * the one before. Belongs to who may write.
 */
final class AuditHead {

  private record Row(long sequence, byte[] hash) {}

  private Row row;

  /** The next row's sequence. */
  long next(Handle handle) {
    return row(handle).sequence() + 1;
  }

  /** The last row's hash. */
  byte[] hash(Handle handle) {
    return row(handle).hash();
  }

  /** A row was added. */
  void moveTo(long sequence, byte[] hash) {
    row = new Row(sequence, hash);
  }

  /** Rows were undone: what is stored counts. */
  void forget() {
    row = null;
  }

  private Row row(Handle handle) {
    if (row == null) {
      // Rows cut off leave a gap this way, instead of others in their place.
      row = handle
          .createQuery("""
              select max(coalesce((select max(sequence) from audit), 0),
                         coalesce((select seq from sqlite_sequence where name = 'audit'), 0)) as last,
                     (select hash from audit order by sequence desc limit 1) as hash
              """)
          .map((found, ctx) -> new Row(found.getLong("last"), found.getBytes("hash")))
          .one();
      if (row.hash() == null) {
        row = new Row(row.sequence(), ChainHash.NONE.bytes());
      }
    }
    return row;
  }
}
