package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.presence.Presence;
import io.mintmark.provisioning.presence.Presence.ConnectionView;
import io.mintmark.provisioning.presence.Presence.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Who is connected, for people. Stateless. */
public final class PresenceTable {

  /** What {@code identity} must be for a broker that is heard to have it. */
  static final String IS_CONNECTED = """
      exists (
        select 1 from sessions s join broker_runs r on r.broker = s.broker
        where s.identity = %s and r.heard_at > :heardSince)
      """;

  /**
   * A broker, ready for JSON.
   *
   * @param name its name
   * @param state connected while it is heard, unknown when it is not heard any more, never if it was
   *     never heard
   * @param since when the run of its process was first heard; null if it never was
   * @param lastHeard when it was last heard; null if it never was
   * @param sessions how many connections it told of
   */
  public record BrokerView(
      String name, State state, Instant since, Instant lastHeard, long sessions) {}

  private record Found(String identity, Instant lastSeen, ConnectionView connection) {}

  private PresenceTable() {}

  /** The presence of each of these that was ever seen, by identity. */
  public static Map<String, Presence> find(
      Handle handle, Collection<String> identities, Instant now) {
    Instant heardSince = now.minus(Presence.UNHEARD_AFTER);
    String wanted = Json.write(identities);
    Map<String, Presence> all = new HashMap<>();
    handle
        .createQuery("""
            select * from presences where identity in (select value from json_each(:wanted))
            """)
        .bind("wanted", wanted)
        .map((row, ctx) -> last(row))
        .forEach(found -> all.put(found.identity(), away(found)));
    handle
        .createQuery("""
            select s.*, r.heard_at from sessions s join broker_runs r on r.broker = s.broker
            where s.identity in (select value from json_each(:wanted))
            order by s.since desc
            """)
        .bind("wanted", wanted)
        .map((row, ctx) -> live(row, heardSince))
        .forEach(found -> all.merge(found.identity(), here(found), PresenceTable::together));
    return all;
  }

  private static Presence away(Found found) {
    return new Presence(State.AWAY, found.lastSeen(), List.of(found.connection()));
  }

  private static Presence here(Found found) {
    return new Presence(found.connection().state(), found.lastSeen(), List.of(found.connection()));
  }

  /** Of one that is connected its last connection is none to tell of besides. */
  private static Presence together(Presence before, Presence one) {
    Instant lastSeen =
        before.lastSeen().isAfter(one.lastSeen()) ? before.lastSeen() : one.lastSeen();
    if (before.state() == State.AWAY) {
      return new Presence(one.state(), lastSeen, one.connections());
    }
    List<ConnectionView> connections = new ArrayList<>(before.connections());
    connections.addAll(one.connections());
    State state = one.state() == State.CONNECTED ? State.CONNECTED : before.state();
    return new Presence(state, lastSeen, connections);
  }

  private static Found last(ResultSet row) throws SQLException {
    Instant seenAt = Instant.ofEpochMilli(row.getLong("seen_at"));
    return new Found(
        row.getString("identity"), seenAt, view(row, State.AWAY, seenAt, row.getString("ended")));
  }

  private static Found live(ResultSet row, Instant heardSince) throws SQLException {
    Instant heardAt = Instant.ofEpochMilli(row.getLong("heard_at"));
    State state = heardAt.isAfter(heardSince) ? State.CONNECTED : State.UNKNOWN;
    return new Found(row.getString("identity"), heardAt, view(row, state, null, null));
  }

  private static ConnectionView view(ResultSet row, State state, Instant until, String ended)
      throws SQLException {
    return new ConnectionView(
        state,
        row.getString("broker"),
        row.getString("client_id"),
        row.getString("serial"),
        row.getString("address"),
        Instant.ofEpochMilli(row.getLong("since")),
        until,
        ended);
  }

  /** All brokers by name. */
  public static List<BrokerView> brokers(Handle handle, Instant now) {
    Instant heardSince = now.minus(Presence.UNHEARD_AFTER);
    return handle.createQuery("""
            select b.name, r.began_at, r.heard_at,
                   (select count(*) from sessions s where s.broker = b.name) as sessions
            from brokers b left join broker_runs r on r.broker = b.name
            order by b.name
            """).map((row, ctx) -> broker(row, heardSince)).list();
  }

  private static BrokerView broker(ResultSet row, Instant heardSince) throws SQLException {
    String name = row.getString("name");
    long sessions = row.getLong("sessions");
    Instant heardAt = Instant.ofEpochMilli(row.getLong("heard_at"));
    if (row.wasNull()) {
      return new BrokerView(name, State.NEVER, null, null, sessions);
    }
    return new BrokerView(
        name,
        heardAt.isAfter(heardSince) ? State.CONNECTED : State.UNKNOWN,
        Instant.ofEpochMilli(row.getLong("began_at")),
        heardAt,
        sessions);
  }
}
