package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Invitation;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Invitations of brokers. Stateless. */
public final class InvitationTable {

  private InvitationTable() {}

  /** The one a certificate stands for. */
  public static Optional<Invitation> find(Handle handle, String certificateSha256) {
    return handle
        .createQuery("select * from broker_invitations where certificate_sha256 = :certificate")
        .bind("certificate", certificateSha256)
        .map((row, ctx) -> invitation(row))
        .findOne();
  }

  /** Keeps a new one, and withdraws those of the same broker that were not used. */
  public static void insert(Transaction tx, Invitation invitation, Instant now) {
    tx.handle()
        .createUpdate("""
            update broker_invitations set withdrawn_at = :now
            where broker = :broker and used_at is null and withdrawn_at is null
            """)
        .bind("broker", invitation.broker())
        .bind("now", now.toEpochMilli())
        .execute();
    tx.handle()
        .createUpdate("""
            insert into broker_invitations (certificate_sha256, broker, hosts, ends_at, created_at)
            values (:certificate, :broker, :hosts, :endsAt, :now)
            """)
        .bind("certificate", invitation.certificateSha256())
        .bind("broker", invitation.broker())
        .bind("hosts", String.join(" ", invitation.hosts()))
        .bind("endsAt", invitation.endsAt().toEpochMilli())
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** It is used for this key, and for no other. */
  public static void use(Transaction tx, String certificateSha256, String keySha256, Instant now) {
    tx.handle()
        .createUpdate("""
            update broker_invitations set key_sha256 = :key, used_at = :now
            where certificate_sha256 = :certificate and used_at is null
            """)
        .bind("certificate", certificateSha256)
        .bind("key", keySha256)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** This certificate came of it. */
  public static void certified(Transaction tx, String certificateSha256, BigInteger serial) {
    tx.handle()
        .createUpdate("""
            update broker_invitations set serial = :serial where certificate_sha256 = :certificate
            """)
        .bind("certificate", certificateSha256)
        .bind("serial", serial.toString(16))
        .execute();
  }

  private static Invitation invitation(ResultSet row) throws SQLException {
    String serial = row.getString("serial");
    return new Invitation(
        row.getString("certificate_sha256"),
        row.getString("broker"),
        List.of(row.getString("hosts").split(" ")),
        Instant.ofEpochMilli(row.getLong("ends_at")),
        time(row, "withdrawn_at"),
        row.getString("key_sha256"),
        time(row, "used_at"),
        serial == null ? null : new BigInteger(serial, 16));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
