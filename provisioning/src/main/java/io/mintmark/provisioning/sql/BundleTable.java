package io.mintmark.provisioning.sql;

import io.mintmark.identity.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** The sets of roots that were ever told, and which of them each device holds. Stateless. */
public final class BundleTable {

  /** Active devices with a certificate that is still good. */
  private static final String SEEN = """
      from devices d
      where d.state = 'active'
        and exists (
          select 1 from certificates c
          where c.identity = :prefix || '/fleet/' || d.fleet || '/device/' || d.id
            and c.state = 'issued' and c.not_after > :now)
      """;

  private static final String LACKING = SEEN
      + " and (d.bundle_sha256 is null or d.bundle_sha256 not in (select value from json_each(:bundles)))";

  /**
   * What a device holds.
   *
   * @param sha256 the bundle's
   * @param reportedAt when it last said so
   */
  public record Held(String sha256, Instant reportedAt) {}

  private BundleTable() {}

  /**
   * Keeps a bundle, unless it was told before.
   *
   * @param sha256 as devices report it
   * @param roots the ids of the roots in it
   */
  public static void put(Transaction tx, String sha256, List<String> roots, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into bundles (sha256, roots, told_at) values (:sha256, :roots, :now)
            on conflict (sha256) do nothing
            """)
        .bind("sha256", sha256)
        .bind("roots", Json.write(roots))
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** The bundles a root is in. */
  public static List<String> withRoot(Handle handle, String root) {
    return handle
        .createQuery("select sha256, roots from bundles")
        .map((row, ctx) -> Map.entry(row.getString("sha256"), Json.list(row.getString("roots"))))
        .list()
        .stream()
        .filter(bundle -> bundle.getValue().contains(root))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Keeps what a device holds now. */
  public static void hold(Transaction tx, DeviceId device, String sha256, Instant now) {
    tx.handle()
        .createUpdate("update devices set bundle_sha256 = :sha256, bundle_at = :now where id = :id")
        .bind("sha256", sha256)
        .bind("now", now.toEpochMilli())
        .bind("id", device.value())
        .execute();
  }

  /** What a device said last; empty if it never did. */
  public static Optional<Held> held(Handle handle, DeviceId device) {
    return handle
        .createQuery("""
            select bundle_sha256, bundle_at from devices
            where id = :id and bundle_sha256 is not null
            """)
        .bind("id", device.value())
        .map((row, ctx) -> new Held(
            row.getString("bundle_sha256"), Instant.ofEpochMilli(row.getLong("bundle_at"))))
        .findOne();
  }

  /**
   * How many devices count.
   *
   * @param prefix what SPIFFE IDs begin with
   */
  public static long devices(Handle handle, String prefix, Instant now) {
    return bind(handle.createQuery("select count(*) " + SEEN), prefix, now)
        .mapTo(Long.class)
        .one();
  }

  /** How many of them hold none of the bundles. */
  public static long devicesLacking(
      Handle handle, String prefix, List<String> bundles, Instant now) {
    return bind(handle.createQuery("select count(*) " + LACKING), prefix, now)
        .bind("bundles", Json.write(bundles))
        .mapTo(Long.class)
        .one();
  }

  /** The ids of some of those. */
  public static List<String> lacking(
      Handle handle, String prefix, List<String> bundles, Instant now, int limit) {
    return bind(
            handle.createQuery("select d.id " + LACKING + " order by d.id limit :limit"),
            prefix,
            now)
        .bind("bundles", Json.write(bundles))
        .bind("limit", limit)
        .mapTo(String.class)
        .list();
  }

  private static Query bind(Query query, String prefix, Instant now) {
    return query.bind("prefix", prefix).bind("now", now.toEpochMilli());
  }
}
