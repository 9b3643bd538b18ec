package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Crl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Of each issuer its latest CRL and what it does not tell yet. Stateless. */
public final class CrlTable {

  /**
   * How an issuer's CRL stands, without the CRL.
   *
   * @param untold whether something happened since that a CRL must tell at once
   * @param published the number of the latest; 0 before the first
   */
  public record Standing(boolean untold, long published) {}

  /**
   * A number that is nobody else's.
   *
   * @param changes how much will have happened, at least, when the certificates are read after this
   */
  public record Taken(long number, long changes) {}

  private CrlTable() {}

  /** Something happened to a certificate of this issuer that its CRL must tell at once. */
  public static void changed(Transaction tx, String issuer) {
    tx.handle().createUpdate("""
            insert into crls (issuer, changes) values (:issuer, 1)
            on conflict (issuer) do update set changes = changes + 1
            """).bind("issuer", issuer).execute();
  }

  /** How the CRL of an issuer stands. */
  public static Standing standing(Handle handle, String issuer) {
    return handle
        .createQuery(
            "select changes > covered as untold, published from crls where issuer = :issuer")
        .bind("issuer", issuer)
        .map((row, ctx) -> new Standing(row.getBoolean("untold"), row.getLong("published")))
        .findOne()
        .orElse(new Standing(false, 0));
  }

  /** The latest CRL of an issuer, if there is one. */
  public static Optional<Crl> find(Handle handle, String issuer) {
    return handle
        .createQuery("select * from crls where issuer = :issuer and der is not null")
        .bind("issuer", issuer)
        .map((row, ctx) -> crl(row))
        .findOne();
  }

  /**
   * Takes a number of an issuer, for good: larger than all before, and no smaller than the seconds
   * since 1970, so that it rises as well when an older copy of the registry was put back.
   */
  public static Taken take(Transaction tx, String issuer, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into crls (issuer, number) values (:issuer, :now)
            on conflict (issuer) do update set number = max(number + 1, :now)
            """)
        .bind("issuer", issuer)
        .bind("now", now.getEpochSecond())
        .execute();
    return taken(tx.handle(), issuer);
  }

  /** The number of an issuer that was taken last; 0 before the first. */
  public static Taken taken(Handle handle, String issuer) {
    return handle
        .createQuery("select number, changes from crls where issuer = :issuer")
        .bind("issuer", issuer)
        .map((row, ctx) -> new Taken(row.getLong("number"), row.getLong("changes")))
        .findOne()
        .orElse(new Taken(0, 0));
  }

  /** Keeps a CRL in place of the one before; one with a larger number, by another node, stays. */
  public static void publish(Transaction tx, String issuer, Taken taken, Crl crl) {
    tx.handle()
        .createUpdate("""
            update crls
            set covered = :changes, published = :number, this_update = :thisUpdate,
                next_update = :nextUpdate, scheduled_at = :scheduledAt, der = :der
            where issuer = :issuer and published < :number
            """)
        .bind("issuer", issuer)
        .bind("changes", taken.changes())
        .bind("number", crl.number())
        .bind("thisUpdate", crl.thisUpdate().toEpochMilli())
        .bind("nextUpdate", crl.nextUpdate().toEpochMilli())
        .bind("scheduledAt", crl.scheduledAt().toEpochMilli())
        .bind("der", crl.der())
        .execute();
  }

  private static Crl crl(ResultSet row) throws SQLException {
    return new Crl(
        row.getLong("published"),
        Instant.ofEpochMilli(row.getLong("this_update")),
        Instant.ofEpochMilli(row.getLong("next_update")),
        Instant.ofEpochMilli(row.getLong("scheduled_at")),
        row.getBytes("der"));
  }
}
