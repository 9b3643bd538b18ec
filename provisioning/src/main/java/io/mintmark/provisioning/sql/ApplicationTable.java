package io.mintmark.provisioning.sql;

import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.GrantForm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Applications and their topic grants. Stateless. */
public final class ApplicationTable {

  private ApplicationTable() {}

  /** What the application may do, if there is one of this name. */
  public static Optional<TopicGrants> find(Handle handle, String name) {
    return handle
        .createQuery("select * from applications where name = :name")
        .bind("name", name)
        .map((row, ctx) -> topics(row))
        .findOne();
  }

  /** All applications by name. */
  public static List<Map.Entry<String, TopicGrants>> all(Handle handle) {
    return handle
        .createQuery("select * from applications order by name")
        .map((row, ctx) -> Map.entry(row.getString("name"), topics(row)))
        .list();
  }

  /** Makes the application, or makes it what it is now. */
  public static void put(Transaction tx, String name, TopicGrants topics, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into applications (name, publish, subscribe, created_at)
            values (:name, :publish, :subscribe, :now)
            on conflict (name) do update set
              publish = excluded.publish, subscribe = excluded.subscribe
            """)
        .bind("name", name)
        .bind("publish", Json.write(GrantForm.publish(topics)))
        .bind("subscribe", Json.write(GrantForm.subscribe(topics)))
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** The application is no more. */
  public static void delete(Transaction tx, String name) {
    tx.handle()
        .createUpdate("delete from applications where name = :name")
        .bind("name", name)
        .execute();
  }

  private static TopicGrants topics(ResultSet row) throws SQLException {
    return GrantForm.read(
        Json.objects(row.getString("publish")), Json.objects(row.getString("subscribe")));
  }
}
