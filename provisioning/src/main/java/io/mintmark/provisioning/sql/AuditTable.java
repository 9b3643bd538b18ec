package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.ChainHash;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The audit log; rows are only ever added, each chained to the one before. Stateless. */
public final class AuditTable {

  private AuditTable() {}

  /**
   * Adds a row.
   *
   * @param detail anything worth knowing besides, or null; never a secret
   * @return its sequence, if the transaction is not undone
   */
  public static long insert(
      Transaction tx, Instant at, String actor, String action, String subject, String detail) {
    Handle handle = tx.handle();
    AuditHead head = tx.auditHead();
    long sequence = head.next(handle);
    byte[] hash = ChainHash.of(head.hash(handle), sequence, at, actor, action, subject, detail);
    handle
        .createUpdate("""
            insert into audit (sequence, at, actor, action, subject, detail, hash)
            values (:sequence, :at, :actor, :action, :subject, :detail, :hash)
            """)
        .bind("sequence", sequence)
        .bind("at", at.toEpochMilli())
        .bind("actor", actor)
        .bind("action", action)
        .bind("subject", subject)
        .bind("detail", detail)
        .bind("hash", hash)
        .execute();
    head.moveTo(sequence, hash);
    return sequence;
  }

  /** Rows after a sequence in order. */
  public static List<AuditRow> after(Handle handle, long sequence, int limit) {
    return handle
        .createQuery("select * from audit where sequence > :after order by sequence limit :limit")
        .bind("after", sequence)
        .bind("limit", limit)
        .map((row, ctx) -> row(row))
        .list();
  }

  /** The row of a sequence. */
  public static Optional<AuditRow> find(Handle handle, long sequence) {
    return handle
        .createQuery("select * from audit where sequence = :sequence")
        .bind("sequence", sequence)
        .map((row, ctx) -> row(row))
        .findOne();
  }

  /** The last row. */
  public static Optional<AuditRow> last(Handle handle) {
    return handle
        .createQuery("select * from audit order by sequence desc limit 1")
        .map((row, ctx) -> row(row))
        .findOne();
  }

  private static AuditRow row(ResultSet row) throws SQLException {
    return new AuditRow(
        row.getLong("sequence"),
        Instant.ofEpochMilli(row.getLong("at")),
        row.getString("actor"),
        row.getString("action"),
        row.getString("subject"),
        row.getString("detail"),
        ChainHash.of(row.getBytes("hash")));
  }
}
