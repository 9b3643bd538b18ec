package io.mintmark.provisioning.sql;

import io.mintmark.identity.TrustDomain;
import java.time.Instant;
import java.util.List;
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

  /** The names of those with a certificate that is good now. */
  public static List<String> live(Handle handle, TrustDomain trustDomain, Instant now) {
    return handle
        .createQuery("""
            select name from brokers b where exists (
              select 1 from certificates c
              where c.identity = :prefix || b.name and c.state = 'issued' and c.not_after > :now)
            order by name
            """)
        .bind("prefix", "spiffe://" + trustDomain.name() + "/broker/")
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .list();
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
