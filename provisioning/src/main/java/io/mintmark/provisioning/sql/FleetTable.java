package io.mintmark.provisioning.sql;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.DeviceProfile;
import io.mintmark.provisioning.DnsNameTemplate;
import io.mintmark.provisioning.Fleet;
import io.mintmark.provisioning.GrantForm;
import io.mintmark.provisioning.KeyType;
import io.mintmark.provisioning.RenewalShare;
import io.mintmark.provisioning.Worded;
import io.mintmark.provisioning.ca.Purpose;
import io.mintmark.provisioning.presence.ClonePolicy;
import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Fleets and their factory CAs; those that were removed are not found. Stateless. */
public final class FleetTable {

  /** That of {@link #longestGrace} as an expression, also of fleets that come back. */
  static final String LONGEST_GRACE_MS = "(select coalesce(max(expired_grace_ms), 0) from fleets)";

  private FleetTable() {}

  /** The fleet, if there is one of this id. */
  public static Optional<Fleet> find(Handle handle, FleetId id) {
    return handle
        .createQuery("select * from fleets where id = :id and removed_at is null")
        .bind("id", id.value())
        .map((row, ctx) -> fleet(handle, row))
        .findOne();
  }

  /** All fleets by id. */
  public static List<Fleet> all(Handle handle) {
    return handle
        .createQuery("select * from fleets where removed_at is null order by id")
        .map((row, ctx) -> fleet(handle, row))
        .list();
  }

  /** Whether there is a fleet of this id. */
  public static boolean exists(Handle handle, FleetId id) {
    return handle
            .createQuery("select count(*) from fleets where id = :id and removed_at is null")
            .bind("id", id.value())
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /** What follows when a device of the fleet, which must be there, shows signs of a clone. */
  public static ClonePolicy clones(Handle handle, FleetId id) {
    return handle
        .createQuery("select clones from fleets where id = :id")
        .bind("id", id.value())
        .mapTo(String.class)
        .map(word -> Worded.of(ClonePolicy.class, word))
        .one();
  }

  /** The longest any fleet lets an expired certificate renew itself; zero if none does. */
  public static Duration longestGrace(Handle handle) {
    return handle
        .createQuery("select " + LONGEST_GRACE_MS)
        .mapTo(Long.class)
        .map(Duration::ofMillis)
        .one();
  }

  /** How many devices the fleet has. */
  public static long devices(Handle handle, FleetId id) {
    return handle
        .createQuery("select count(*) from devices where fleet = :id")
        .bind("id", id.value())
        .mapTo(Long.class)
        .one();
  }

  /** Makes the fleet, or makes it what it is now. */
  public static void put(Transaction tx, Fleet fleet, Instant now) {
    tx.handle()
        .createUpdate("""
            insert into fleets (id, enrolment, lifetime_ms, backdate_ms, client_id, publish,
                                subscribe, created_at, updated_at)
            values (:id, 'manifest', :lifetime, :backdate, :clientId, :publish, :subscribe, :now,
                    :now)
            on conflict (id) do update set
              enrolment = excluded.enrolment, lifetime_ms = excluded.lifetime_ms,
              backdate_ms = excluded.backdate_ms, client_id = excluded.client_id,
              publish = excluded.publish, subscribe = excluded.subscribe,
              updated_at = excluded.updated_at, removed_at = null
            """)
        .bind("id", fleet.id().value())
        .bind("lifetime", fleet.profile().lifetime().toMillis())
        .bind("backdate", fleet.profile().backdate().toMillis())
        .bind("clientId", fleet.clientId().template())
        .bind("publish", Json.write(GrantForm.publish(fleet.topics())))
        .bind("subscribe", Json.write(GrantForm.subscribe(fleet.topics())))
        .bind("now", now.toEpochMilli())
        .execute();
    putProfile(tx, fleet);
    putFactoryCas(tx, fleet);
    putFactoryCrls(tx, fleet);
    EnrolmentTable.put(tx, fleet.id(), fleet.enrolment());
  }

  /** The fleet is no more, until it is put again. */
  public static void remove(Transaction tx, FleetId id, Instant now) {
    tx.handle()
        .createUpdate("update fleets set removed_at = :now where id = :id")
        .bind("now", now.toEpochMilli())
        .bind("id", id.value())
        .execute();
  }

  private static void putProfile(Transaction tx, Fleet fleet) {
    DeviceProfile profile = fleet.profile();
    tx.handle()
        .createUpdate("""
            update fleets set key_types = :keyTypes, purposes = :purposes, dns_names = :dnsNames,
              renewal_start = :renewalStart, renewal_end = :renewalEnd, clones = :clones,
              expired_grace_ms = :expiredGrace
            where id = :id
            """)
        .bind("id", fleet.id().value())
        .bind("keyTypes", Json.write(profile.keyTypes()))
        .bind("purposes", Json.write(profile.purposes()))
        .bind(
            "dnsNames",
            Json.write(profile.dnsNames().stream().map(DnsNameTemplate::text).toList()))
        .bind("renewalStart", profile.renewal().startPercent())
        .bind("renewalEnd", profile.renewal().endPercent())
        .bind("clones", fleet.clones().word())
        .bind("expiredGrace", profile.expiredGrace().toMillis())
        .execute();
  }

  private static void putFactoryCrls(Transaction tx, Fleet fleet) {
    tx.handle()
        .createUpdate("delete from factory_crls where fleet = :fleet")
        .bind("fleet", fleet.id().value())
        .execute();
    int position = 0;
    for (X509CRL crl : fleet.factoryCrls()) {
      tx.handle()
          .createUpdate(
              "insert into factory_crls (fleet, position, der) values (:fleet, :position, :der)")
          .bind("fleet", fleet.id().value())
          .bind("position", position++)
          .bind("der", der(crl))
          .execute();
    }
  }

  private static void putFactoryCas(Transaction tx, Fleet fleet) {
    tx.handle()
        .createUpdate("delete from factory_cas where fleet = :fleet")
        .bind("fleet", fleet.id().value())
        .execute();
    PreparedBatch batch = tx.handle()
        .prepareBatch(
            "insert into factory_cas (fleet, position, der) values (:fleet, :position, :der)");
    for (int i = 0; i < fleet.factoryCas().size(); i++) {
      batch
          .bind("fleet", fleet.id().value())
          .bind("position", i)
          .bind("der", der(fleet.factoryCas().get(i)))
          .add();
    }
    batch.execute();
  }

  private static Fleet fleet(Handle handle, ResultSet row) throws SQLException {
    FleetId id = new FleetId(row.getString("id"));
    List<X509Certificate> factoryCas = handle
        .createQuery("select der from factory_cas where fleet = :fleet order by position")
        .bind("fleet", id.value())
        .map((ca, ctx) -> Pem.certificate(ca.getBytes("der")))
        .list();
    return new Fleet(
        id,
        factoryCas,
        factoryCrls(handle, id),
        EnrolmentTable.find(handle, id),
        profile(row),
        new ClientIdPattern(row.getString("client_id")),
        GrantForm.read(
            Json.objects(row.getString("publish")), Json.objects(row.getString("subscribe"))),
        Worded.of(ClonePolicy.class, row.getString("clones")));
  }

  private static DeviceProfile profile(ResultSet row) throws SQLException {
    return new DeviceProfile(
        Duration.ofMillis(row.getLong("lifetime_ms")),
        Duration.ofMillis(row.getLong("backdate_ms")),
        Json.list(row.getString("key_types")).stream().map(KeyType::valueOf).toList(),
        Json.list(row.getString("purposes")).stream().map(Purpose::valueOf).toList(),
        Json.list(row.getString("dns_names")).stream().map(DnsNameTemplate::new).toList(),
        new RenewalShare(row.getInt("renewal_start"), row.getInt("renewal_end")),
        Duration.ofMillis(row.getLong("expired_grace_ms")));
  }

  private static List<X509CRL> factoryCrls(Handle handle, FleetId fleet) {
    return handle
        .createQuery("select der from factory_crls where fleet = :fleet order by position")
        .bind("fleet", fleet.value())
        .map((row, ctx) -> crl(row.getBytes("der")))
        .list();
  }

  private static X509CRL crl(byte[] der) {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException | CRLException e) {
      throw new IllegalStateException("the registry holds a broken CRL", e);
    }
  }

  private static byte[] der(X509CRL crl) {
    try {
      return crl.getEncoded();
    } catch (CRLException e) {
      throw new IllegalStateException("a CRL that was decoded cannot be encoded", e);
    }
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }
}
