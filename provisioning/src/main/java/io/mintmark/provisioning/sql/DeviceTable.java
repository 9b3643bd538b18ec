package io.mintmark.provisioning.sql;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.Pin;
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

  /** Puts the device into a state. */
  public static void setState(Transaction tx, DeviceId id, DeviceState state) {
    tx.handle()
        .createUpdate("update devices set state = :state where id = :id")
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
        Json.map(row.getString("attributes")));
  }

  private static String text(Pin pin) {
    return pin == null ? null : pin.toString();
  }
}
