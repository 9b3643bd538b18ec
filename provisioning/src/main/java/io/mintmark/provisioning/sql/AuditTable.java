package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.AuditLog.AuditRow;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The audit log; rows are only ever added. Stateless. */
public final class AuditTable {

  private AuditTable() {}

  /**
   * Adds a row.
   *
   * @param detail anything worth knowing besides, or null; never a secret
   */
  public static void insert(
      Transaction tx, Instant at, String actor, String action, String subject, String detail) {
    tx.handle()
        .createUpdate("""
            insert into audit (at, actor, action, subject, detail)
            values (:at, :actor, :action, :subject, :detail)
            """)
        .bind("at", at.toEpochMilli())
        .bind("actor", actor)
        .bind("action", action)
        .bind("subject", subject)
        .bind("detail", detail)
        .execute();
  }

  /** Rows after a sequence in order. */
  public static List<AuditRow> after(Handle handle, long sequence, int limit) {
    return handle
        .createQuery("select * from audit where sequence > :after order by sequence limit :limit")
        .bind("after", sequence)
        .bind("limit", limit)
        .map((row, ctx) -> new AuditRow(
            row.getLong("sequence"),
            Instant.ofEpochMilli(row.getLong("at")),
            row.getString("actor"),
            row.getString("action"),
            row.getString("subject"),
            row.getString("detail")))
        .list();
  }
}
