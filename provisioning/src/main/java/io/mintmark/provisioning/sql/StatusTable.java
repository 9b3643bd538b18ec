package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.CertificateStatus;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.RevokedSerial;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** What the certificates' table says to the world: the status of each. Stateless. */
public final class StatusTable {

  private StatusTable() {}

  /**
   * The status of a certificate. One whose serial is taken but that was never signed, as far as we
   * know, was not issued.
   */
  public static CertificateStatus status(Handle handle, String issuer, BigInteger serial) {
    return handle
        .createQuery("""
            select state, reason, revoked_at, held_at from certificates
            where serial = :serial and issuer = :issuer
            """)
        .bind("serial", serial.toString(16))
        .bind("issuer", issuer)
        .map((row, ctx) -> status(row))
        .findOne()
        .orElseGet(CertificateStatus.Unknown::new);
  }

  /**
   * What a CRL of an issuer has to list: all that is not good. Those that have expired stay until a
   * scheduled CRL after their end told of them (RFC 5280, section 3.3).
   *
   * @param lastScheduled thisUpdate of the last scheduled CRL; the epoch before the first
   */
  public static List<RevokedSerial> notGood(Handle handle, String issuer, Instant lastScheduled) {
    return handle
        .createQuery("""
            select serial, reason, revoked_at, held_at from certificates
            where issuer = :issuer
              and (revoked_at is not null or held_at is not null)
              and (not_after >= :lastScheduled
                   or coalesce(revoked_at, held_at) >= :lastScheduled)
            order by coalesce(revoked_at, held_at), id
            """)
        .bind("issuer", issuer)
        .bind("lastScheduled", lastScheduled.toEpochMilli())
        .map((row, ctx) ->
            new RevokedSerial(new BigInteger(row.getString("serial"), 16), since(row), reason(row)))
        .list();
  }

  private static CertificateStatus status(ResultSet row) throws SQLException {
    Instant since = since(row);
    if (since != null) {
      return new CertificateStatus.Revoked(since, reason(row));
    }
    return row.getString("state").equals("issued")
        ? new CertificateStatus.Good()
        : new CertificateStatus.Unknown();
  }

  private static Instant since(ResultSet row) throws SQLException {
    long revoked = row.getLong("revoked_at");
    if (!row.wasNull()) {
      return Instant.ofEpochMilli(revoked);
    }
    long held = row.getLong("held_at");
    return row.wasNull() ? null : Instant.ofEpochMilli(held);
  }

  /** What is revoked says why; what is only held does not need to. */
  private static RevocationReason reason(ResultSet row) throws SQLException {
    String word = row.getString("reason");
    row.getLong("revoked_at");
    return row.wasNull()
        ? RevocationReason.CERTIFICATE_HOLD
        : RevocationReason.ofWord(word).orElse(RevocationReason.UNSPECIFIED);
  }
}
