package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.CertificateRecord;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The certificates a bulk run is about, by where they come from: those that are live, and those that
 * have expired and could be renewed by a fleet's grace. Stateless.
 */
public final class DoomedTable {

  /**
   * Which ones.
   *
   * @param issuer those it signed; null for those that came of a factory CA
   * @param before those it signed before this instant
   * @param factoryCa those that came of a bootstrap certificate below it; null else
   * @param identityPrefixes those of identities beginning like these as well, if nobody knows what
   *     they came of
   */
  public record Filter(
      String issuer, Instant before, String factoryCa, List<String> identityPrefixes) {

    /** What an issuing CA signed before an instant. Brokers are left out, and the service's own. */
    public static Filter ofIssuer(String issuer, Instant before) {
      return new Filter(issuer, before, null, List.of());
    }

    /** What came of a factory CA. */
    public static Filter ofFactoryCa(String factoryCa, List<String> identityPrefixes) {
      return new Filter(null, Instant.EPOCH, factoryCa, identityPrefixes);
    }
  }

  /**
   * A certificate and its place.
   *
   * @param id rises with the time of its reservation
   * @param certificate it
   */
  public record Doomed(long id, CertificateRecord certificate) {}

  private static final String RENEWABLE_AND_MEANT = CertificateTable.RENEWABLE + """
       and (issuer = :issuer and reserved_at < :before
             and (identity like 'spiffe://%/device/%' or identity like 'spiffe://%/app/%')
           or :factoryCa in (select value from json_each(factory_cas))
           or factory_cas is null
             and exists (select 1 from json_each(:prefixes)
                         where substr(identity, 1, length(value)) = value))
      """;

  private DoomedTable() {}

  /** How many there are. */
  public static long count(Handle handle, Filter filter, Instant now) {
    return bind(
            handle.createQuery("select count(*) from certificates where " + RENEWABLE_AND_MEANT),
            filter,
            now)
        .mapTo(Long.class)
        .one();
  }

  /** Some of them in order, from after a place. */
  public static List<Doomed> some(
      Handle handle, Filter filter, Instant now, long after, int limit) {
    return bind(
            handle.createQuery("select * from certificates where id > :after and "
                + RENEWABLE_AND_MEANT + " order by id limit :limit"),
            filter,
            now)
        .bind("after", after)
        .bind("limit", limit)
        .map((row, ctx) -> new Doomed(row.getLong("id"), CertificateTable.certificate(row)))
        .list();
  }

  /** How many live certificates of brokers an issuing CA signed before an instant. */
  public static long brokers(Handle handle, String issuer, Instant before, Instant now) {
    return handle
        .createQuery("""
            select count(*) from certificates
            where state in ('reserved', 'issued') and not_after > :now
              and issuer = :issuer and reserved_at < :before
              and identity like 'spiffe://%/broker/%' and identity not like 'spiffe://%/device/%'
            """)
        .bind("now", now.toEpochMilli())
        .bind("issuer", issuer)
        .bind("before", before.toEpochMilli())
        .mapTo(Long.class)
        .one();
  }

  private static Query bind(Query query, Filter filter, Instant now) {
    return query
        .bind("now", now.toEpochMilli())
        .bind("issuer", filter.issuer())
        .bind("before", filter.before().toEpochMilli())
        .bind("factoryCa", filter.factoryCa())
        .bind("prefixes", Json.write(filter.identityPrefixes()));
  }
}
