package io.mintmark.provisioning.sql;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.Claim;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Claims and what they were spent on. Stateless. */
public final class ClaimTable {

  private ClaimTable() {}

  /** The latest claim a certificate has in a fleet, whatever its state. */
  public static Optional<Claim> find(Handle handle, FleetId fleet, String certificateSha256) {
    return handle
        .createQuery("""
            select * from claims where fleet = :fleet and certificate_sha256 = :certificate
            order by id desc limit 1
            """)
        .bind("fleet", fleet.value())
        .bind("certificate", certificateSha256)
        .map((row, ctx) -> claim(row))
        .findOne();
  }

  /** The claim of a number in a fleet. */
  public static Optional<Claim> find(Handle handle, FleetId fleet, long id) {
    return handle
        .createQuery("select * from claims where fleet = :fleet and id = :id")
        .bind("fleet", fleet.value())
        .bind("id", id)
        .map((row, ctx) -> claim(row))
        .findOne();
  }

  /** All of a fleet, the latest first. */
  public static List<Claim> list(Handle handle, FleetId fleet) {
    return handle
        .createQuery("select * from claims where fleet = :fleet order by id desc")
        .bind("fleet", fleet.value())
        .map((row, ctx) -> claim(row))
        .list();
  }

  /**
   * Keeps a new claim; its id and what was used of it are not looked at.
   *
   * @return its number
   */
  public static long insert(Transaction tx, Claim claim) {
    return tx.handle()
        .createQuery("""
            insert into claims (fleet, certificate_sha256, uses, used, ends_at, any_device,
                                created_at)
            values (:fleet, :certificate, :uses, 0, :endsAt, :anyDevice, :createdAt)
            returning id
            """)
        .bind("fleet", claim.fleet().value())
        .bind("certificate", claim.certificateSha256())
        .bind("uses", claim.uses())
        .bind("endsAt", claim.endsAt().toEpochMilli())
        .bind("anyDevice", claim.anyDevice() ? 1 : 0)
        .bind("createdAt", claim.createdAt().toEpochMilli())
        .mapTo(Long.class)
        .one();
  }

  /**
   * Whether a use was taken for this device and key before, or for the device with another key that
   * was never certified: that use is still to enrol it.
   */
  public static boolean wasSpentOn(Handle handle, long id, DeviceId device, String keySha256) {
    return handle
            .createQuery("""
                select count(*) from claim_uses
                where claim = :id and device = :device and (key_sha256 = :key or exists
                  (select * from devices where id = :device and state = 'pending'))
                """)
            .bind("id", id)
            .bind("device", device.value())
            .bind("key", keySha256)
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /**
   * Takes one use, if there is one left now.
   *
   * @return false if there is none, and nothing was changed
   */
  public static boolean spend(
      Transaction tx, long id, DeviceId device, String keySha256, Instant now) {
    int taken = tx.handle()
        .createUpdate("""
            update claims set used = used + 1
            where id = :id and used < uses and ends_at > :now and revoked_at is null
            """)
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .execute();
    if (taken == 0) {
      return false;
    }
    tx.handle()
        .createUpdate("""
            insert into claim_uses (claim, device, key_sha256, used_at)
            values (:id, :device, :key, :now)
            """)
        .bind("id", id)
        .bind("device", device.value())
        .bind("key", keySha256)
        .bind("now", now.toEpochMilli())
        .execute();
    return true;
  }

  /** Takes the claim back. */
  public static void revoke(Transaction tx, long id, Instant now) {
    tx.handle()
        .createUpdate("update claims set revoked_at = :now where id = :id")
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  private static Claim claim(ResultSet row) throws SQLException {
    long revokedAt = row.getLong("revoked_at");
    boolean inForce = row.wasNull();
    return new Claim(
        row.getLong("id"),
        new FleetId(row.getString("fleet")),
        row.getString("certificate_sha256"),
        row.getInt("uses"),
        row.getInt("used"),
        Instant.ofEpochMilli(row.getLong("ends_at")),
        row.getInt("any_device") == 1,
        Instant.ofEpochMilli(row.getLong("created_at")),
        inForce ? null : Instant.ofEpochMilli(revokedAt));
  }
}
