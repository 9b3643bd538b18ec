package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Worded;
import io.mintmark.provisioning.presence.CloneSign;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Signs of clones. Stateless. */
public final class CloneTable {

  /**
   * A sign that was noted.
   *
   * @param sign the sign as it was seen last
   * @param times how often
   * @param noticedAt when first
   * @param lastAt when last
   * @param quarantined whether the device was ever suspended for it
   */
  public record Note(
      CloneSign sign, long times, Instant noticedAt, Instant lastAt, boolean quarantined) {}

  /** Of a certificate that is still valid, and seen since an operator dealt with the device. */
  static final String OPEN = """
      (settled_at is null or last_at > settled_at)
      and exists (
        select 1 from certificates c where c.serial = clones.serial and c.not_after > :now)
      """;

  /** Whether an identity has such a sign. */
  static final String IS_OPEN =
      "exists (select 1 from clones where clones.identity = %s and " + OPEN + ")";

  private CloneTable() {}

  /** What was noted of this certificate and kind of sign. */
  public static Optional<Note> find(Handle handle, CloneSign sign) {
    return handle
        .createQuery("""
            select * from clones
            where identity = :identity and serial = :serial and sign = :sign
            """)
        .bind("identity", sign.identity())
        .bind("serial", sign.serial())
        .bind("sign", sign.kind().word())
        .map((row, ctx) -> note(row))
        .findOne();
  }

  /** Notes a sign, again or for the first time. */
  public static void put(Transaction tx, CloneSign sign, boolean quarantined, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into clones (identity, serial, sign, times, noticed_at, last_at, detail,
                                quarantined)
            values (:identity, :serial, :sign, 1, :now, :now, :detail, :quarantined)
            on conflict (identity, serial, sign) do update set
              times = times + 1, last_at = excluded.last_at, detail = excluded.detail,
              quarantined = max(quarantined, excluded.quarantined)
            """)
        .bind("identity", sign.identity())
        .bind("serial", sign.serial())
        .bind("sign", sign.kind().word())
        .bind("now", now.toEpochMilli())
        .bind("detail", sign.detail())
        .bind("quarantined", quarantined)
        .execute();
  }

  /** An operator has dealt with who bears this identity. */
  public static void settle(Transaction tx, String identity, Instant now) {
    tx.handle()
        .createUpdate("update clones set settled_at = :now where identity = :identity")
        .bind("identity", identity)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** What is there to be dealt with of an identity, the latest first. */
  public static List<Note> open(Handle handle, String identity, Instant now) {
    return handle
        .createQuery("select * from clones where identity = :identity and " + OPEN
            + " order by last_at desc")
        .bind("identity", identity)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> note(row))
        .list();
  }

  /** When each of these showed such a sign last; those that did not are left out. */
  public static Map<String, Instant> lastOpen(
      Handle handle, Collection<String> identities, Instant now) {
    return handle
        .createQuery("select identity, max(last_at) as last from clones"
            + " where identity in (select value from json_each(:identities)) and " + OPEN
            + " group by identity")
        .bind("identities", Json.write(identities))
        .bind("now", now.toEpochMilli())
        .map((row, ctx) ->
            Map.entry(row.getString("identity"), Instant.ofEpochMilli(row.getLong("last"))))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Note note(ResultSet row) throws SQLException {
    return new Note(
        new CloneSign(
            row.getString("identity"),
            row.getString("serial"),
            Worded.of(CloneSign.Kind.class, row.getString("sign")),
            row.getString("detail")),
        row.getLong("times"),
        Instant.ofEpochMilli(row.getLong("noticed_at")),
        Instant.ofEpochMilli(row.getLong("last_at")),
        row.getBoolean("quarantined"));
  }
}
