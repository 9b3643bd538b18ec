package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Worded;
import io.mintmark.provisioning.recovery.Recovery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** When this registry was found to be older than what it told. Stateless. */
public final class RecoveryTable {

  private RecoveryTable() {}

  /** All, the latest last. */
  public static List<Recovery> all(Handle handle) {
    return handle
        .createQuery("select * from recoveries order by id")
        .map((row, ctx) -> recovery(row))
        .list();
  }

  /** The one that is not done. */
  public static Optional<Recovery> open(Handle handle) {
    return all(handle).stream().filter(Recovery::isOpen).findFirst();
  }

  /** One is needed; nothing changes while another is not done. */
  public static void need(Transaction tx, Recovery.Cause cause, Instant lostFrom, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into recoveries (cause, lost_from, noticed_at)
            select :cause, :lostFrom, :now
            where not exists (select 1 from recoveries where done_at is null)
            """)
        .bind("cause", cause.word())
        .bind("lostFrom", lostFrom.toEpochMilli())
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** The open one is done. */
  public static void done(Transaction tx, Instant now) {
    tx.handle()
        .createUpdate("update recoveries set done_at = :now where done_at is null")
        .bind("now", now.toEpochMilli())
        .execute();
  }

  private static Recovery recovery(ResultSet row) throws SQLException {
    Instant lostFrom = Instant.ofEpochMilli(row.getLong("lost_from"));
    Instant noticedAt = Instant.ofEpochMilli(row.getLong("noticed_at"));
    Recovery.Cause cause = Worded.of(Recovery.Cause.class, row.getString("cause"));
    long doneAt = row.getLong("done_at");
    return new Recovery(
        cause, lostFrom, noticedAt, row.wasNull() ? null : Instant.ofEpochMilli(doneAt));
  }
}
