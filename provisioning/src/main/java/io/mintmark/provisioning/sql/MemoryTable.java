package io.mintmark.provisioning.sql;

import io.mintmark.identity.FeedEntry;
import io.mintmark.provisioning.recovery.Memory;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What brokers told that they remember of the feed. Stateless. */
public final class MemoryTable {

  private MemoryTable() {}

  /**
   * Keeps a part of what a broker remembers; the same part again changes nothing.
   *
   * @param epoch where it stood; empty if it does not know
   * @param from the first entry's position
   * @param last whether it is all with this part
   */
  public static void keep(
      Transaction tx,
      String broker,
      String epoch,
      long sequence,
      int from,
      List<FeedEntry> entries,
      boolean last,
      Instant now) {
    tx.handle()
        .createUpdate("""
            insert into memories (broker, epoch, sequence, complete, told_at)
            values (:broker, :epoch, :sequence, :complete, :now)
            on conflict (broker, epoch, sequence) do update
            set complete = excluded.complete, told_at = excluded.told_at, replayed_at = null
            """)
        .bind("broker", broker)
        .bind("epoch", epoch)
        .bind("sequence", sequence)
        .bind("complete", last)
        .bind("now", now.toEpochMilli())
        .execute();
    long memory = find(tx.handle(), broker, epoch, sequence).orElseThrow().id();
    int position = from;
    for (FeedEntry entry : entries) {
      tx.handle()
          .createUpdate("""
              insert or replace into memory_entries (memory, position, entry)
              values (:memory, :position, :entry)
              """)
          .bind("memory", memory)
          .bind("position", position)
          .bind("entry", Json.write(entry))
          .execute();
      position++;
    }
  }

  /** What a broker told from where it stood, if it did. */
  public static Optional<Memory> find(Handle handle, String broker, String epoch, long sequence) {
    return handle
        .createQuery("""
            select * from memories
            where broker = :broker and epoch = :epoch and sequence = :sequence
            """)
        .bind("broker", broker)
        .bind("epoch", epoch)
        .bind("sequence", sequence)
        .map((row, ctx) -> memory(row))
        .findOne();
  }

  /** Those that came to their end, by broker. */
  public static List<Memory> complete(Handle handle) {
    return handle
        .createQuery("select * from memories where complete = 1 order by broker, id")
        .map((row, ctx) -> memory(row))
        .list();
  }

  /** What a memory holds that is not replayed. */
  public static List<FeedEntry> entries(Handle handle, long memory) {
    return handle
        .createQuery("select entry from memory_entries where memory = :memory order by position")
        .bind("memory", memory)
        .mapTo(String.class)
        .map(json -> Json.read(json, FeedEntry.class))
        .list();
  }

  /** How many denials a memory holds that is not replayed. */
  public static int denials(Handle handle, long memory) {
    return handle.createQuery("""
            select count(*) from memory_entries
            where memory = :memory and json_type(entry, '$.denial') = 'object'
            """).bind("memory", memory).mapTo(Integer.class).one();
  }

  /** A memory is replayed: what it held is forgotten. */
  public static void replayed(Transaction tx, long memory, Instant now) {
    tx.handle()
        .createUpdate("update memories set replayed_at = :now where id = :memory")
        .bind("now", now.toEpochMilli())
        .bind("memory", memory)
        .execute();
    tx.handle()
        .createUpdate("delete from memory_entries where memory = :memory")
        .bind("memory", memory)
        .execute();
  }

  private static Memory memory(ResultSet row) throws SQLException {
    Instant toldAt = Instant.ofEpochMilli(row.getLong("told_at"));
    long replayedAt = row.getLong("replayed_at");
    boolean replayed = !row.wasNull();
    return new Memory(
        row.getLong("id"),
        row.getString("broker"),
        row.getString("epoch"),
        row.getLong("sequence"),
        row.getBoolean("complete"),
        toldAt,
        replayed ? Instant.ofEpochMilli(replayedAt) : null);
  }
}
