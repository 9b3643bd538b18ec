package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.recovery.Epoch;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The epochs of the feed, and how far those this registry lost were replayed. Stateless. */
public final class EpochTable {

  private EpochTable() {}

  /** From now on what the feed tells is of this epoch. */
  public static void begin(Transaction tx, Epoch epoch) {
    tx.handle()
        .createUpdate("""
            insert into feed_epochs (id, started_at, first)
            select :id, :startedAt, sequence from feed_head
            """)
        .bind("id", epoch.id())
        .bind("startedAt", epoch.startedAt().toEpochMilli())
        .execute();
  }

  /** The epoch of what the feed tells now; empty before the first. */
  public static Optional<String> current(Handle handle) {
    return handle
        .createQuery("select id from feed_epochs order by position desc limit 1")
        .mapTo(String.class)
        .findOne();
  }

  /**
   * The last sequence an epoch may have told: where the next one began, or the feed's head. Empty if
   * this registry never had the epoch.
   */
  public static Optional<Long> end(Handle handle, String epoch) {
    return handle.createQuery("""
            select coalesce(
              (select n.first from feed_epochs n where n.position > e.position
               order by n.position limit 1),
              (select sequence from feed_head))
            from feed_epochs e where e.id = :id
            """).bind("id", epoch).mapTo(Long.class).findOne();
  }

  /** When the last epoch of this registry began that began no later than that. */
  public static Optional<Instant> beganBefore(Handle handle, Instant instant) {
    return handle
        .createQuery("""
            select started_at from feed_epochs where started_at <= :instant
            order by position desc limit 1
            """)
        .bind("instant", instant.toEpochMilli())
        .mapTo(Long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }

  /** What an epoch told beyond this registry is replayed up to there. */
  public static void replayed(Transaction tx, String epoch, long sequence) {
    tx.handle()
        .createUpdate("""
            insert into replayed_epochs (epoch, sequence) values (:epoch, :sequence)
            on conflict (epoch) do update set sequence = max(sequence, excluded.sequence)
            """)
        .bind("epoch", epoch)
        .bind("sequence", sequence)
        .execute();
  }

  /** Whether what an epoch told up to there was replayed. */
  public static boolean isReplayed(Handle handle, String epoch, long sequence) {
    return handle
            .createQuery("""
                select count(*) from replayed_epochs where epoch = :epoch and sequence >= :sequence
                """)
            .bind("epoch", epoch)
            .bind("sequence", sequence)
            .mapTo(Integer.class)
            .one()
        > 0;
  }
}
