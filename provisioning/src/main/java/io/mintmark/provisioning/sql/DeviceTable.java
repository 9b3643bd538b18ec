package io.mintmark.provisioning.sql;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.Device.Bar;
import io.mintmark.provisioning.DeviceFilter;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.Pin;
import io.mintmark.provisioning.presence.Presence;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Devices. Stateless. */
public final class DeviceTable {

  private DeviceTable() {}

  /** The device, if there is one of this id. */
  public static Optional<Device> find(Handle handle, DeviceId id) {
    return handle
        .createQuery("select * from devices where id = :id")
        .bind("id", id.value())
        .map((row, ctx) -> device(row))
        .findOne();
  }

  /**
   * Devices by id.
   *
   * @param fleet only of this fleet, or null
   * @param state only in this state, or null
   * @param after only ids after this one, or null
   */
  public static List<Device> list(
      Handle handle, FleetId fleet, DeviceState state, DeviceId after, int limit) {
    return handle
        .createQuery("""
            select * from devices
            where (:fleet is null or fleet = :fleet)
              and (:state is null or state = :state)
              and id > :after
            order by id limit :limit
            """)
        .bind("fleet", fleet == null ? null : fleet.value())
        .bind("state", state == null ? null : state.word())
        .bind("after", after == null ? "" : after.value())
        .bind("limit", limit)
        .map((row, ctx) -> device(row))
        .list();
  }

  /**
   * Devices by id.
   *
   * @param filter which of them
   * @param after only ids after this one, or null
   */
  public static List<Device> list(
      Handle handle,
      TrustDomain trustDomain,
      DeviceFilter filter,
      DeviceId after,
      int limit,
      Instant now) {
    return handle
        .createQuery("""
            select * from devices
            where (:fleet is null or fleet = :fleet)
              and (:state is null or state = :state)
              and id > :after
            """
            + " and (not :connected or "
            + PresenceTable.IS_CONNECTED.formatted(IDENTITY)
            + ") and (not :cloned or "
            + CloneTable.IS_OPEN.formatted(IDENTITY)
            + ") order by id limit :limit")
        .bind("fleet", filter.fleet() == null ? null : filter.fleet().value())
        .bind("state", filter.state() == null ? null : filter.state().word())
        .bind("after", after == null ? "" : after.value())
        .bind("limit", limit)
        .bind("connected", filter.connected())
        .bind("cloned", filter.cloned())
        .bind("prefix", "spiffe://" + trustDomain.name() + "/fleet/")
        .bind("heardSince", now.minus(Presence.UNHEARD_AFTER).toEpochMilli())
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> device(row))
        .list();
  }

  private static final String IDENTITY = ":prefix || devices.fleet || '/device/' || devices.id";

  private static final String OF_FLEET_IN_STATE = """
      fleet = :fleet and state in (select value from json_each(:states))
      and (barred_by is not null or not :byRun)
      """;

  /**
   * How many devices of a fleet are in one of some states.
   *
   * @param byRun only those that a bulk run put there
   */
  public static long count(Handle handle, String fleet, List<DeviceState> states, boolean byRun) {
    return handle
        .createQuery("select count(*) from devices where " + OF_FLEET_IN_STATE)
        .bind("fleet", fleet)
        .bind("states", Json.write(states))
        .bind("byRun", byRun)
        .mapTo(Long.class)
        .one();
  }

  /**
   * Some of these devices, by id.
   *
   * @param after only ids after this one; empty for the first
   */
  public static List<Device> some(
      Handle handle,
      String fleet,
      List<DeviceState> states,
      boolean byRun,
      String after,
      int limit) {
    return handle
        .createQuery("select * from devices where id > :after and " + OF_FLEET_IN_STATE
            + " order by id limit :limit")
        .bind("fleet", fleet)
        .bind("states", Json.write(states))
        .bind("byRun", byRun)
        .bind("after", after)
        .bind("limit", limit)
        .map((row, ctx) -> device(row))
        .list();
  }

  /** A device the registry did not have. */
  public static void insert(Transaction tx, Device device, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into devices (id, fleet, state, pin, attributes, created_at)
            values (:id, :fleet, :state, :pin, :attributes, :now)
            """)
        .bind("id", device.id().value())
        .bind("fleet", device.fleet().value())
        .bind("state", device.state().word())
        .bind("pin", text(device.pin()))
        .bind("attributes", Json.write(device.attributes()))
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** What a later manifest says of a known device; its state stays. */
  public static void update(Transaction tx, Device device) {
    tx.handle()
        .createUpdate("update devices set pin = :pin, attributes = :attributes where id = :id")
        .bind("id", device.id().value())
        .bind("pin", text(device.pin()))
        .bind("attributes", Json.write(device.attributes()))
        .execute();
  }

  /** Puts the device into a state in which it may not connect. */
  public static void bar(Transaction tx, DeviceId id, DeviceState state, Bar bar) {
    tx.handle()
        .createUpdate("""
            update devices
            set state = :state, barred_at = :at, barred_reason = :reason, barred_by = :run
            where id = :id
            """)
        .bind("id", id.value())
        .bind("state", state.word())
        .bind("at", bar.at().toEpochMilli())
        .bind("reason", bar.reason())
        .bind("run", bar.run())
        .execute();
  }

  /** Puts the device back into a state in which it may connect or enrol. */
  public static void free(Transaction tx, DeviceId id, DeviceState state) {
    tx.handle()
        .createUpdate("""
            update devices
            set state = :state, barred_at = null, barred_reason = null, barred_by = null
            where id = :id
            """)
        .bind("id", id.value())
        .bind("state", state.word())
        .execute();
  }

  /**
   * Makes a device active that was pending.
   *
   * @return whether it was
   */
  public static boolean activate(Transaction tx, DeviceId id) {
    return tx.handle()
            .createUpdate(
                "update devices set state = 'active' where id = :id and state = 'pending'")
            .bind("id", id.value())
            .execute()
        == 1;
  }

  private static Device device(ResultSet row) throws SQLException {
    String pin = row.getString("pin");
    return new Device(
        new DeviceId(row.getString("id")),
        new FleetId(row.getString("fleet")),
        DeviceState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        pin == null ? null : Pin.parse(pin),
        Json.map(row.getString("attributes")),
        bar(row));
  }

  private static Bar bar(ResultSet row) throws SQLException {
    long at = row.getLong("barred_at");
    if (row.wasNull()) {
      return null;
    }
    long run = row.getLong("barred_by");
    return new Bar(
        Instant.ofEpochMilli(at), row.getString("barred_reason"), row.wasNull() ? null : run);
  }

  private static String text(Pin pin) {
    return pin == null ? null : pin.toString();
  }
}
