package io.mintmark.provisioning.sql;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Brokers. Stateless. */
public final class BrokerTable {

  private BrokerTable() {}

  /** Whether there is a broker of this name. */
  public static boolean exists(Handle handle, String name) {
    return handle
            .createQuery("select count(*) from brokers where name = :name")
            .bind("name", name)
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /**
   * Makes the broker known.
   *
   * @return false if it was
   */
  public static boolean put(Transaction tx, String name, Instant now) {
    return tx.handle()
            .createUpdate("""
                insert into brokers (name, created_at) values (:name, :now)
                on conflict (name) do nothing
                """)
            .bind("name", name)
            .bind("now", now.toEpochMilli())
            .execute()
        == 1;
  }
}
