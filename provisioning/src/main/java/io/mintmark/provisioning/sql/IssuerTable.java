package io.mintmark.provisioning.sql;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.Worded;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The CAs of the installation. Stateless. */
public final class IssuerTable {

  private IssuerTable() {}

  /** All, in the order they became known. */
  public static List<Issuer> all(Handle handle) {
    return handle
        .createQuery("select * from issuers order by position")
        .map((row, ctx) -> issuer(handle, row))
        .list();
  }

  /** Whether there is a CA of this id. */
  public static boolean exists(Handle handle, String id) {
    return handle
            .createQuery("select count(*) from issuers where id = :id")
            .bind("id", id)
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /** A CA the registry did not have. */
  public static void insert(Transaction tx, Issuer issuer) {
    tx.handle()
        .createUpdate("""
            insert into issuers (id, position, role, state, certificate, not_after, key_ref,
                                 created_at, activated_at, retired_at)
            select :id, count(*), :role, :state, :certificate, :notAfter, :keyRef, :createdAt,
                   :activatedAt, :retiredAt
            from issuers
            """)
        .bind("id", issuer.id())
        .bind("role", issuer.role().word())
        .bind("state", issuer.state().word())
        .bind("certificate", der(issuer.certificate()))
        .bind("notAfter", Validity.of(issuer.certificate()).notAfter().toEpochMilli())
        .bind("keyRef", issuer.keyRef())
        .bind("createdAt", issuer.createdAt().toEpochMilli())
        .bind("activatedAt", millis(issuer.activatedAt()))
        .bind("retiredAt", millis(issuer.retiredAt()))
        .execute();
    issuer.others().forEach(certificate -> add(tx, issuer.id(), certificate));
  }

  /** Moves a CA on. */
  public static void setState(Transaction tx, String id, State state, Instant now) {
    String column = state == State.ACTIVE ? "activated_at" : "retired_at";
    tx.handle()
        .createUpdate("update issuers set state = :state, " + column + " = :now where id = :id")
        .bind("state", state.word())
        .bind("now", now.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  /** Says why a CA was revoked. */
  public static void setReason(Transaction tx, String id, RevocationReason reason) {
    tx.handle()
        .createUpdate("update issuers set reason = :reason where id = :id")
        .bind("reason", reason.word())
        .bind("id", id)
        .execute();
  }

  /** One more certificate that goes with a CA's own. */
  public static void add(Transaction tx, String id, X509Certificate certificate) {
    tx.handle().createUpdate("""
            insert into issuer_certificates (issuer, position, der)
            select :id, count(*), :der from issuer_certificates where issuer = :id
            """).bind("id", id).bind("der", der(certificate)).execute();
  }

  /** Ascribes the certificates from before CAs were recorded to one. */
  public static void adopt(Transaction tx, String id) {
    tx.handle()
        .createUpdate("update certificates set issuer = :id where issuer is null")
        .bind("id", id)
        .execute();
  }

  private static Issuer issuer(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    return new Issuer(
        id,
        Worded.of(Role.class, row.getString("role")),
        Worded.of(State.class, row.getString("state")),
        Pem.certificate(row.getBytes("certificate")),
        others(handle, id),
        row.getString("key_ref"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        instant(row, "activated_at"),
        instant(row, "retired_at"),
        RevocationReason.ofWord(row.getString("reason")).orElse(null));
  }

  private static List<X509Certificate> others(Handle handle, String id) {
    return handle
        .createQuery("select der from issuer_certificates where issuer = :id order by position")
        .bind("id", id)
        .mapTo(byte[].class)
        .map(Pem::certificate)
        .list();
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static Long millis(Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }
}
