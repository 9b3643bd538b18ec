package io.mintmark.provisioning.sql;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.Approval;
import io.mintmark.provisioning.Approval.State;
import io.mintmark.provisioning.Worded;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Approvals. Those past their end are there until they are removed, and do not count. Stateless. */
public final class ApprovalTable {

  private ApprovalTable() {}

  /** The approval of a device and a key, unless it has expired. */
  public static Optional<Approval> find(
      Handle handle, FleetId fleet, DeviceId device, String keySha256, Instant now) {
    return handle
        .createQuery("""
            select * from approvals
            where fleet = :fleet and device = :device and key_sha256 = :key and expires_at > :now
            """)
        .bind("fleet", fleet.value())
        .bind("device", device.value())
        .bind("key", keySha256)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> approval(row))
        .findOne();
  }

  /** The approval of a number, unless it has expired. */
  public static Optional<Approval> find(Handle handle, long id, Instant now) {
    return handle
        .createQuery("select * from approvals where id = :id and expires_at > :now")
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> approval(row))
        .findOne();
  }

  /**
   * Approvals in the order they were asked for.
   *
   * @param fleet only of this fleet, or null
   * @param state only in this state, or null
   * @param after only numbers above this one
   */
  public static List<Approval> list(
      Handle handle, FleetId fleet, State state, long after, int limit, Instant now) {
    return handle
        .createQuery("""
            select * from approvals
            where (:fleet is null or fleet = :fleet)
              and (:state is null or state = :state)
              and id > :after and expires_at > :now
            order by id limit :limit
            """)
        .bind("fleet", fleet == null ? null : fleet.value())
        .bind("state", state == null ? null : state.word())
        .bind("after", after)
        .bind("limit", limit)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> approval(row))
        .list();
  }

  /** How many of a fleet nobody has decided. */
  public static int pending(Handle handle, FleetId fleet) {
    return handle
        .createQuery("select count(*) from approvals where fleet = :fleet and state = 'pending'")
        .bind("fleet", fleet.value())
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Keeps a new pending approval; its id and state are not looked at.
   *
   * @return its number
   */
  public static long insert(Transaction tx, Approval approval) {
    return tx.handle()
        .createQuery("""
            insert into approvals (fleet, device, key_sha256, bootstrap_sha256, again, state,
                                   requested_at, expires_at)
            values (:fleet, :device, :key, :bootstrap, :again, 'pending', :requestedAt, :expiresAt)
            returning id
            """)
        .bind("fleet", approval.fleet().value())
        .bind("device", approval.device().value())
        .bind("key", approval.keySha256())
        .bind("bootstrap", approval.bootstrapSha256())
        .bind("again", approval.again() ? 1 : 0)
        .bind("requestedAt", approval.requestedAt().toEpochMilli())
        .bind("expiresAt", approval.expiresAt().toEpochMilli())
        .mapTo(Long.class)
        .one();
  }

  /**
   * Keeps a decision.
   *
   * @param reason or null
   */
  public static void decide(
      Transaction tx, long id, State state, String by, String reason, Instant expiresAt) {
    tx.handle()
        .createUpdate("""
            update approvals
            set state = :state, decided_by = :by, reason = :reason, expires_at = :expiresAt
            where id = :id
            """)
        .bind("id", id)
        .bind("state", state.word())
        .bind("by", by)
        .bind("reason", reason)
        .bind("expiresAt", expiresAt.toEpochMilli())
        .execute();
  }

  /**
   * Uses an approval up.
   *
   * @param again whether it must be for a device that was enrolled before
   * @return false if there is none that says yes
   */
  public static boolean use(
      Transaction tx,
      FleetId fleet,
      DeviceId device,
      String keySha256,
      boolean again,
      Instant now) {
    return tx.handle()
            .createUpdate("""
                update approvals set state = 'used'
                where fleet = :fleet and device = :device and key_sha256 = :key and again = :again
                  and state = 'approved' and expires_at > :now
                """)
            .bind("fleet", fleet.value())
            .bind("device", device.value())
            .bind("key", keySha256)
            .bind("again", again ? 1 : 0)
            .bind("now", now.toEpochMilli())
            .execute()
        == 1;
  }

  /** Removes what has expired, and returns it. */
  public static List<Approval> removeExpired(Transaction tx, Instant now) {
    return tx.handle()
        .createQuery("delete from approvals where expires_at <= :now returning *")
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> approval(row))
        .list();
  }

  /**
   * Makes room for a new question of a device: removes the one nobody has decided, whatever its key,
   * and the one about the same key, whatever its state. Returns what it removed.
   */
  public static List<Approval> removeFormer(
      Transaction tx, FleetId fleet, DeviceId device, String keySha256) {
    return tx.handle()
        .createQuery("""
            delete from approvals
            where fleet = :fleet and device = :device
              and (state = 'pending' or key_sha256 = :key)
            returning *
            """)
        .bind("fleet", fleet.value())
        .bind("device", device.value())
        .bind("key", keySha256)
        .map((row, ctx) -> approval(row))
        .list();
  }

  private static Approval approval(ResultSet row) throws SQLException {
    return new Approval(
        row.getLong("id"),
        new FleetId(row.getString("fleet")),
        new DeviceId(row.getString("device")),
        row.getString("key_sha256"),
        row.getString("bootstrap_sha256"),
        row.getInt("again") == 1,
        Worded.of(State.class, row.getString("state")),
        Instant.ofEpochMilli(row.getLong("requested_at")),
        row.getString("decided_by"),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("expires_at")));
  }
}
