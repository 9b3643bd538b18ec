package io.mintmark.provisioning.sql;

import io.mintmark.identity.FeedEntry;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The feed, compacted: of each subject its latest entry. Stateless. */
public final class FeedTable {

  private FeedTable() {}

  /** The latest sequence given out; 0 before the first. */
  public static long head(Handle handle) {
    return handle
        .createQuery("select sequence from feed_head")
        .mapTo(Long.class)
        .one();
  }

  /**
   * Entries after a sequence in order.
   *
   * @param limit at most so many
   * @param chars at most so much JSON; the first entry comes in any case
   */
  public static List<FeedEntry> after(Handle handle, long sequence, int limit, int chars) {
    List<String> found = handle
        .createQuery("""
            select entry from feed where sequence > :after order by sequence limit :limit
            """)
        .bind("after", sequence)
        .bind("limit", limit)
        .mapTo(String.class)
        .list();
    int entries = 0;
    for (int length = 0; entries < found.size(); entries++) {
      length += found.get(entries).length();
      if (entries > 0 && length > chars) {
        break;
      }
    }
    return found.stream()
        .limit(entries)
        .map(json -> Json.read(json, FeedEntry.class))
        .toList();
  }

  /**
   * Appends an entry, which takes the place of the subject's entry before.
   *
   * @param subject what the entry is about
   * @param forgetAfter when it needs no telling any more, or null
   * @param entry makes the entry of its sequence
   */
  public static void append(
      Transaction tx, String subject, Instant forgetAfter, LongFunction<FeedEntry> entry) {
    tx.handle().createUpdate("update feed_head set sequence = sequence + 1").execute();
    long sequence = head(tx.handle());
    tx.handle()
        .createUpdate("delete from feed where subject = :subject")
        .bind("subject", subject)
        .execute();
    tx.handle()
        .createUpdate("""
            insert into feed (sequence, subject, entry, forget_after)
            values (:sequence, :subject, :entry, :forgetAfter)
            """)
        .bind("sequence", sequence)
        .bind("subject", subject)
        .bind("entry", Json.write(entry.apply(sequence)))
        .bind("forgetAfter", forgetAfter == null ? null : forgetAfter.toEpochMilli())
        .execute();
  }

  /** Makes the entry of a sequence for the subject at a position. */
  @FunctionalInterface
  public interface EntryOf {
    /** The entry. */
    FeedEntry at(long sequence, int position);
  }

  /** Appends many entries, each of which takes the place of its subject's before. */
  public static void append(Transaction tx, List<String> subjects, EntryOf entries) {
    tx.handle()
        .createUpdate("update feed_head set sequence = sequence + :count")
        .bind("count", subjects.size())
        .execute();
    long first = head(tx.handle()) - subjects.size() + 1;
    PreparedBatch batch = tx.handle()
        .prepareBatch("insert or replace into feed (sequence, subject, entry)"
            + " values (:sequence, :subject, :entry)");
    for (int i = 0; i < subjects.size(); i++) {
      batch
          .bind("sequence", first + i)
          .bind("subject", subjects.get(i))
          .bind("entry", Json.write(entries.at(first + i, i)))
          .add();
    }
    batch.execute();
  }

  /** Drops the entries of all subjects that begin so; the prefix ends in a colon. */
  public static void drop(Transaction tx, String prefix) {
    tx.handle()
        .createUpdate("delete from feed where subject >= :prefix and subject < :end")
        .bind("prefix", prefix)
        .bind("end", prefix.substring(0, prefix.length() - 1) + (char) (':' + 1))
        .execute();
  }

  /** Drops entries that need no telling any more. */
  public static void forget(Transaction tx, Instant before) {
    tx.handle()
        .createUpdate("delete from feed where forget_after < :before")
        .bind("before", before.toEpochMilli())
        .execute();
  }

  /** The subject's latest entry as it stands, if it has one. */
  public static java.util.Optional<FeedEntry> find(Handle handle, String subject) {
    return handle
        .createQuery("select entry from feed where subject = :subject")
        .bind("subject", subject)
        .mapTo(String.class)
        .map(json -> Json.read(json, FeedEntry.class))
        .findOne();
  }
}
