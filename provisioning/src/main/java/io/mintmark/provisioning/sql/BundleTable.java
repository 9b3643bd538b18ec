package io.mintmark.provisioning.sql;

import java.time.Instant;
import java.util.List;

/** The sets of roots that were ever told. Stateless. */
public final class BundleTable {

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
}
