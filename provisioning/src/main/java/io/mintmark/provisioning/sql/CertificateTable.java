package io.mintmark.provisioning.sql;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Every certificate we signed or meant to sign. Stateless. */
public final class CertificateTable {

  /** Which certificates the renewal may still be asked with, as far as their fleets let them. */
  static final String RENEWABLE =
      "state in ('reserved', 'issued') and not_after > :now - " + FleetTable.LONGEST_GRACE_MS;

  private CertificateTable() {}

  /** Takes the serial and keeps what will be signed, before it is. */
  public static void reserve(Transaction tx, CertificateRecord reserved) {
    reserve(tx, reserved, null);
  }

  /**
   * As {@link #reserve(Transaction, CertificateRecord)}.
   *
   * @param factoryCas what it came of: the key ids of the CAs above a bootstrap certificate; null
   *     where nobody knows
   */
  public static void reserve(Transaction tx, CertificateRecord reserved, List<String> factoryCas) {
    tx.handle()
        .createUpdate("""
            insert into certificates (serial, identity, key_sha256, not_before, not_after, state,
                                      content, reserved_at, issuer, factory_cas)
            values (:serial, :identity, :key, :notBefore, :notAfter, 'reserved', :content, :at,
                    :issuer, :factoryCas)
            """)
        .bind("serial", reserved.serialHex())
        .bind("identity", reserved.identity())
        .bind("key", reserved.keySha256())
        .bind("notBefore", reserved.validity().notBefore().toEpochMilli())
        .bind("notAfter", reserved.validity().notAfter().toEpochMilli())
        .bind("content", reserved.content())
        .bind("at", reserved.reservedAt().toEpochMilli())
        .bind("issuer", reserved.issuer())
        .bind("factoryCas", factoryCas == null ? null : Json.write(factoryCas))
        .execute();
  }

  /**
   * Keeps the signed certificate.
   *
   * @return false if the serial is not reserved any more: it was issued or revoked meanwhile
   */
  public static boolean issued(Transaction tx, BigInteger serial, byte[] certificate) {
    return tx.handle()
            .createUpdate("""
                update certificates set state = 'issued', content = :certificate
                where serial = :serial and state = 'reserved'
                """)
            .bind("serial", serial.toString(16))
            .bind("certificate", certificate)
            .execute()
        == 1;
  }

  /** Keeps which certificate authenticated the renewal to another. */
  public static void renewedFrom(Transaction tx, BigInteger serial, BigInteger before) {
    tx.handle()
        .createUpdate("update certificates set renewed_from = :before where serial = :serial")
        .bind("before", before.toString(16))
        .bind("serial", serial.toString(16))
        .execute();
  }

  /** The one of the same identity it was renewed from, as far as kept, issued and not expired. */
  public static Optional<CertificateRecord> renewedFrom(
      Handle handle, BigInteger serial, Instant now) {
    return handle
        .createQuery("""
            select before.* from certificates after
            join certificates before
              on before.serial = after.renewed_from and before.identity = after.identity
            where after.serial = :serial and before.state = 'issued' and before.not_after > :now
            """)
        .bind("serial", serial.toString(16))
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> certificate(row))
        .findOne();
  }

  /** A certificate we signed and lost all trace of. */
  public static void recovered(Transaction tx, CertificateRecord lost) {
    reserve(tx, lost);
    issued(tx, lost.serial(), lost.content());
  }

  /** The certificate of a serial, if we know it. */
  public static Optional<CertificateRecord> find(Handle handle, BigInteger serial) {
    return handle
        .createQuery("select * from certificates where serial = :serial")
        .bind("serial", serial.toString(16))
        .map((row, ctx) -> certificate(row))
        .findOne();
  }

  /** Reserved or issued and not expired, of one identity, the latest first. */
  public static List<CertificateRecord> live(Handle handle, String identity, Instant now) {
    return handle
        .createQuery("""
            select * from certificates
            where identity = :identity and state in ('reserved', 'issued') and not_after > :now
            order by id desc
            """)
        .bind("identity", identity)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> certificate(row))
        .list();
  }

  /**
   * Reserved or issued, of one identity, the latest first: those that are live, and those that
   * expired no longer ago than the longest grace a fleet gives.
   */
  public static List<CertificateRecord> renewable(Handle handle, String identity, Instant now) {
    return handle
        .createQuery("select * from certificates where identity = :identity and "
            + RENEWABLE
            + " order by id desc")
        .bind("identity", identity)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> certificate(row))
        .list();
  }

  /** All of one identity, the latest first. */
  public static List<CertificateRecord> all(Handle handle, String identity) {
    return handle
        .createQuery("select * from certificates where identity = :identity order by id desc")
        .bind("identity", identity)
        .map((row, ctx) -> certificate(row))
        .list();
  }

  /**
   * How many certificates of a CA are issued and not expired. The service's own are left out: it
   * replaces them itself.
   */
  public static long liveOf(Handle handle, String issuer, Instant now) {
    return handle
        .createQuery("""
            select count(*) from certificates
            where issuer = :issuer and state = 'issued' and not_after > :now
              and identity like 'spiffe:%'
            """)
        .bind("issuer", issuer)
        .bind("now", now.toEpochMilli())
        .mapTo(Long.class)
        .one();
  }

  /** Whose those are, of each once. */
  public static List<String> holdersOf(Handle handle, String issuer, Instant now, int limit) {
    return handle
        .createQuery("""
            select distinct identity from certificates
            where issuer = :issuer and state = 'issued' and not_after > :now
              and identity like 'spiffe:%'
            order by identity limit :limit
            """)
        .bind("issuer", issuer)
        .bind("now", now.toEpochMilli())
        .bind("limit", limit)
        .mapTo(String.class)
        .list();
  }

  /** The brokers among them, of each the identity once. */
  public static List<String> brokersOf(Handle handle, String issuer, Instant now) {
    return handle
        .createQuery("""
            select distinct identity from certificates
            where issuer = :issuer and state = 'issued' and not_after > :now
              and identity like 'spiffe://%/broker/%' and identity not like 'spiffe://%/device/%'
            """)
        .bind("issuer", issuer)
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .list();
  }

  /** Those of a CA that are reserved or issued and not expired. */
  public static List<CertificateRecord> liveOfIssuer(Handle handle, String issuer, Instant now) {
    return handle
        .createQuery("""
            select * from certificates
            where issuer = :issuer and state in ('reserved', 'issued') and not_after > :now
            """)
        .bind("issuer", issuer)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> certificate(row))
        .list();
  }

  /** Ends a certificate's life, with one word for why. */
  public static void end(
      Transaction tx, BigInteger serial, CertificateState state, String reason, Instant at) {
    tx.handle()
        .createUpdate("""
            update certificates
            set state = :state, reason = :reason, revoked_at = :at, held_at = null
            where serial = :serial
            """)
        .bind("serial", serial.toString(16))
        .bind("state", state.word())
        .bind("reason", reason)
        .bind("at", at.toEpochMilli())
        .execute();
  }

  /**
   * A certificate that was superseded because the one after it was seen in use.
   *
   * @param identity the SPIFFE ID in it
   * @param at when that was
   */
  public record Succeeded(String identity, Instant at) {}

  /** Keeps that a certificate was superseded because the one after it was seen in use. */
  public static void succeeded(Transaction tx, BigInteger serial, Instant at) {
    tx.handle()
        .createUpdate("update certificates set succeeded_at = :at where serial = :serial")
        .bind("serial", serial.toString(16))
        .bind("at", at.toEpochMilli())
        .execute();
  }

  /** Whose certificate of this serial was superseded by one that was seen in use, and when. */
  public static Optional<Succeeded> succeeded(Handle handle, BigInteger serial) {
    return handle
        .createQuery("""
            select identity, succeeded_at from certificates
            where serial = :serial and state = 'superseded' and succeeded_at is not null
            """)
        .bind("serial", serial.toString(16))
        .map((row, ctx) -> new Succeeded(
            row.getString("identity"), Instant.ofEpochMilli(row.getLong("succeeded_at"))))
        .findOne();
  }

  /** Suspends a certificate. */
  public static void hold(Transaction tx, BigInteger serial, Instant at) {
    tx.handle()
        .createUpdate("""
            update certificates set held_at = :at where serial = :serial and held_at is null
            """)
        .bind("serial", serial.toString(16))
        .bind("at", at.toEpochMilli())
        .execute();
  }

  /** Ends a certificate's suspension. */
  public static void release(Transaction tx, BigInteger serial) {
    tx.handle()
        .createUpdate("update certificates set held_at = null where serial = :serial")
        .bind("serial", serial.toString(16))
        .execute();
  }

  /** Whether a key was revoked because somebody else has it. */
  public static boolean isCompromised(Handle handle, String keySha256) {
    return handle.createQuery("""
            select exists (
              select 1 from certificates where key_sha256 = :key and reason = 'keyCompromise')
            """).bind("key", keySha256).mapTo(Boolean.class).one();
  }

  /** A certificate came of what the one that asked for it came of. */
  public static void inheritFactoryCas(Transaction tx, BigInteger serial, BigInteger from) {
    tx.handle()
        .createUpdate("""
            update certificates
            set factory_cas = (select factory_cas from certificates where serial = :from)
            where serial = :serial
            """)
        .bind("serial", serial.toString(16))
        .bind("from", from.toString(16))
        .execute();
  }

  /** Whether any certificate came of a factory CA. */
  public static boolean cameOf(Handle handle, String factoryCa) {
    return handle.createQuery("""
            select exists (
              select 1 from certificates c, json_each(c.factory_cas) f where f.value = :ca)
            """).bind("ca", factoryCa).mapTo(Boolean.class).one();
  }

  /** How many live certificates came of each factory CA. */
  public static Map<String, Long> liveByFactoryCa(Handle handle, Instant now) {
    return handle
        .createQuery("""
            select f.value as ca, count(*) as live from certificates c, json_each(c.factory_cas) f
            where c.state in ('reserved', 'issued') and c.not_after > :now
            group by f.value
            """)
        .bind("now", now.toEpochMilli())
        .map((row, ctx) -> Map.entry(row.getString("ca"), row.getLong("live")))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The latest certificates, of one issuer and one identity if these are not null. */
  public static List<CertificateRecord> latest(
      Handle handle, String issuer, String identity, int limit) {
    return handle
        .createQuery("""
            select * from certificates
            where (:issuer is null or issuer = :issuer)
              and (:identity is null or identity = :identity)
            order by id desc limit :limit
            """)
        .bind("issuer", issuer)
        .bind("identity", identity)
        .bind("limit", limit)
        .map((row, ctx) -> certificate(row))
        .list();
  }

  static CertificateRecord certificate(ResultSet row) throws SQLException {
    return new CertificateRecord(
        new BigInteger(row.getString("serial"), 16),
        row.getString("identity"),
        row.getString("key_sha256"),
        new Validity(
            Instant.ofEpochMilli(row.getLong("not_before")),
            Instant.ofEpochMilli(row.getLong("not_after"))),
        CertificateState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getBytes("content"),
        Instant.ofEpochMilli(row.getLong("reserved_at")),
        row.getString("issuer"));
  }
}
