package io.mintmark.provisioning.sql;

import io.mintmark.identity.SessionEvent;
import io.mintmark.provisioning.presence.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The connections at brokers, as reported. Many at once are one statement, which reads them from JSON.
 * Stateless.
 */
public final class SessionTable {

  /** Why a connection is over whose end nobody reported. */
  private static final String GONE = "gone";

  private static final String BROKER_RESTARTED = "broker-restarted";

  /**
   * A life of a broker's process.
   *
   * @param broker its name
   * @param run what it calls it
   * @param sequence the last report that was taken
   * @param beganAt when it was first heard
   * @param heardAt when it was last heard
   */
  public record BrokerRun(
      String broker, String run, long sequence, Instant beganAt, Instant heardAt) {}

  /**
   * The latest connection of an identity.
   *
   * @param identity the SPIFFE ID
   * @param broker at which broker
   * @param clientId its client id
   * @param serial of its certificate
   * @param address where it came from; null if that is not known
   * @param live whether it has not ended, or lost its client id to a connection elsewhere
   */
  public record LastKnown(
      String identity,
      String broker,
      String clientId,
      String serial,
      String address,
      boolean live) {}

  /** One client id and certificate at two brokers. */
  public record Doubled(
      String identity,
      String clientId,
      String serial,
      String broker,
      String address,
      String otherBroker,
      String otherAddress) {}

  private SessionTable() {}

  /** The run of a broker that was heard last, if any was. */
  public static Optional<BrokerRun> run(Handle handle, String broker) {
    return handle
        .createQuery("select * from broker_runs where broker = :broker")
        .bind("broker", broker)
        .map((row, ctx) -> new BrokerRun(
            row.getString("broker"),
            row.getString("run"),
            row.getLong("sequence"),
            Instant.ofEpochMilli(row.getLong("began_at")),
            Instant.ofEpochMilli(row.getLong("heard_at"))))
        .findOne();
  }

  /** What is known of those that have connected, by identity. */
  public static Map<String, LastKnown> lastKnown(Handle handle, List<Connection> began) {
    if (began.isEmpty()) {
      return Map.of();
    }
    return handle
        .createQuery("""
            select * from presences
            where identity in (select value ->> '$.identity' from json_each(:rows))
            """)
        .bind("rows", Json.write(began))
        .map((row, ctx) -> new LastKnown(
            row.getString("identity"),
            row.getString("broker"),
            row.getString("client_id"),
            row.getString("serial"),
            row.getString("address"),
            row.getString("ended") == null
                || SessionEvent.TAKEN_OVER.equals(row.getString("ended"))))
        .collect(Collectors.toMap(LastKnown::identity, Function.identity()));
  }

  /** Those of the serials whose holder has an older certificate that is still good. */
  public static List<String> withPredecessors(
      Handle handle, Collection<String> serials, Instant now) {
    if (serials.isEmpty()) {
      return List.of();
    }
    return handle
        .createQuery("""
            select c.serial from json_each(:serials) s join certificates c on c.serial = s.value
            where c.state = 'issued' and exists (
              select 1 from certificates o
              where o.identity = c.identity and o.id < c.id and o.state = 'issued'
                and o.not_after > :now)
            """)
        .bind("serials", Json.write(serials))
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .list();
  }

  /** A broker has begun another run: all connections before are gone, since it was last heard. */
  public static void begin(Transaction tx, String broker, String run, Instant now) {
    end(
        tx,
        broker,
        -1,
        BROKER_RESTARTED,
        run(tx.handle(), broker).map(BrokerRun::heardAt).orElse(now));
    tx.handle()
        .createUpdate("""
            insert into broker_runs (broker, run, sequence, began_at, heard_at)
            values (:broker, :run, 0, :now, :now)
            on conflict (broker) do update set
              run = excluded.run, sequence = 0, began_at = excluded.began_at,
              heard_at = excluded.heard_at
            """)
        .bind("broker", broker)
        .bind("run", run)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** A report of the run there is was taken. */
  public static void heard(Transaction tx, String broker, long sequence, Instant now) {
    tx.handle()
        .createUpdate("""
            update broker_runs set sequence = :sequence, heard_at = :now where broker = :broker
            """)
        .bind("broker", broker)
        .bind("sequence", sequence)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Of each identity the latest connection is the one to know of. */
  public static void began(Transaction tx, String broker, List<Connection> began) {
    if (began.isEmpty()) {
      return;
    }
    tx.handle()
        .createUpdate("""
            insert into presences (identity, broker, number, client_id, serial, address, since,
                                   seen_at)
            select value ->> '$.identity', :broker, value ->> '$.number', value ->> '$.clientId',
                   value ->> '$.serial', value ->> '$.address', value ->> '$.at', value ->> '$.at'
            from json_each(:rows) where true
            on conflict (identity) do update set
              broker = excluded.broker, number = excluded.number, client_id = excluded.client_id,
              serial = excluded.serial, address = excluded.address, since = excluded.since,
              seen_at = max(seen_at, excluded.seen_at), ended = null
            where excluded.since >= since
               or (ended is not null and broker = excluded.broker and number = excluded.number)
            """)
        .bind("broker", broker)
        .bind("rows", Json.write(began))
        .execute();
  }

  /**
   * Keeps connections that are live; one that is kept stays as it is.
   *
   * @param listing the list they are of; 0 for none
   */
  public static void keep(Transaction tx, String broker, List<Connection> live, long listing) {
    if (live.isEmpty()) {
      return;
    }
    tx.handle()
        .createUpdate("""
            insert into sessions (broker, number, identity, client_id, serial, address, since,
                                  keep_alive, listing)
            select :broker, value ->> '$.number', value ->> '$.identity', value ->> '$.clientId',
                   value ->> '$.serial', value ->> '$.address', value ->> '$.at',
                   value ->> '$.keepAlive', :listing
            from json_each(:rows) where true
            on conflict (broker, number) do update set listing = excluded.listing
            """)
        .bind("broker", broker)
        .bind("listing", listing)
        .bind("rows", Json.write(live))
        .execute();
  }

  /**
   * Forgets connections that have ended, and keeps when the identity was seen last. A list of the live
   * ones may have come before the report of the end, which knows better.
   */
  public static void ended(Transaction tx, String broker, List<Connection> ended) {
    if (ended.isEmpty()) {
      return;
    }
    String rows = Json.write(ended);
    tx.handle()
        .createUpdate("""
            insert into presences (identity, broker, number, client_id, serial, address, since,
                                   seen_at, ended)
            select value ->> '$.identity', :broker, value ->> '$.number', value ->> '$.clientId',
                   value ->> '$.serial', value ->> '$.address', value ->> '$.at', value ->> '$.at',
                   value ->> '$.ended'
            from json_each(:rows) where true
            on conflict (identity) do update set
              seen_at = case
                when broker = excluded.broker and number = excluded.number and ended = :gone
                then excluded.seen_at else max(seen_at, excluded.seen_at) end,
              ended = case
                when broker = excluded.broker and number = excluded.number
                  and (ended is null or ended = :gone)
                then excluded.ended else ended end
            """)
        .bind("broker", broker)
        .bind("gone", GONE)
        .bind("rows", rows)
        .execute();
    tx.handle().createUpdate("""
            delete from sessions where broker = :broker
              and number in (select value ->> '$.number' from json_each(:rows))
            """).bind("broker", broker).bind("rows", rows).execute();
  }

  /** A list of all that are live is complete: what it does not hold is gone. */
  public static void endUnlisted(Transaction tx, String broker, long listing, Instant now) {
    end(tx, broker, listing, GONE, now);
  }

  private static void end(Transaction tx, String broker, long listing, String why, Instant at) {
    tx.handle()
        .createUpdate("""
            update presences set ended = :why, seen_at = max(seen_at, :at)
            from sessions s
            where s.broker = :broker and s.listing <> :listing
              and presences.identity = s.identity and presences.broker = s.broker
              and presences.number = s.number and presences.ended is null
            """)
        .bind("broker", broker)
        .bind("listing", listing)
        .bind("why", why)
        .bind("at", at.toEpochMilli())
        .execute();
    tx.handle()
        .createUpdate("delete from sessions where broker = :broker and listing <> :listing")
        .bind("broker", broker)
        .bind("listing", listing)
        .execute();
  }

  /**
   * Those at two brokers at once, the first of them alive after the other had come: it is listed when
   * one without a sign of life would not be any more.
   *
   * @param grace for how long at least a broker may keep one that is gone, beyond what it should
   * @param heardSince brokers that were not heard since then know nothing
   */
  public static List<Doubled> doubled(Handle handle, Duration grace, Instant heardSince) {
    return handle
        .createQuery("""
            select a.identity, a.client_id, a.serial, a.broker, a.address,
                   b.broker as other_broker, b.address as other_address
            from sessions a
            join sessions b on b.identity = a.identity and b.client_id = a.client_id
              and b.serial = a.serial and b.broker <> a.broker
              and (b.since > a.since or (b.since = a.since and b.broker > a.broker))
            join broker_runs ra on ra.broker = a.broker
            join broker_runs rb on rb.broker = b.broker
            where a.keep_alive > 0
              and ra.heard_at > b.since + a.keep_alive * 1500 + :grace
              and ra.heard_at > :heardSince and rb.heard_at > :heardSince
              and (select count(*) from broker_runs) > 1
            """)
        .bind("grace", grace.toMillis())
        .bind("heardSince", heardSince.toEpochMilli())
        .map((row, ctx) -> new Doubled(
            row.getString("identity"),
            row.getString("client_id"),
            row.getString("serial"),
            row.getString("broker"),
            row.getString("address"),
            row.getString("other_broker"),
            row.getString("other_address")))
        .list();
  }
}
