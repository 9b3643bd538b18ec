package io.mintmark.provisioning.sql;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.Fleet;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Fleets and their factory CAs. Stateless. */
public final class FleetTable {

  private FleetTable() {}

  /** The fleet, if there is one of this id. */
  public static Optional<Fleet> find(Handle handle, FleetId id) {
    return handle
        .createQuery("select * from fleets where id = :id")
        .bind("id", id.value())
        .map((row, ctx) -> fleet(handle, row))
        .findOne();
  }

  /** All fleets by id. */
  public static List<Fleet> all(Handle handle) {
    return handle
        .createQuery("select * from fleets order by id")
        .map((row, ctx) -> fleet(handle, row))
        .list();
  }

  /** Whether there is a fleet of this id. */
  public static boolean exists(Handle handle, FleetId id) {
    return handle
            .createQuery("select count(*) from fleets where id = :id")
            .bind("id", id.value())
            .mapTo(Integer.class)
            .one()
        > 0;
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
              updated_at = excluded.updated_at
            """)
        .bind("id", fleet.id().value())
        .bind("lifetime", fleet.lifetime().toMillis())
        .bind("backdate", fleet.backdate().toMillis())
        .bind("clientId", fleet.clientId().template())
        .bind("publish", Json.write(fleet.topics().publish()))
        .bind("subscribe", Json.write(fleet.topics().subscribe()))
        .bind("now", now.toEpochMilli())
        .execute();
    putFactoryCas(tx, fleet);
    EnrolmentTable.put(tx, fleet.id(), fleet.enrolment());
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
        EnrolmentTable.find(handle, id),
        Duration.ofMillis(row.getLong("lifetime_ms")),
        Duration.ofMillis(row.getLong("backdate_ms")),
        new ClientIdPattern(row.getString("client_id")),
        new TopicGrants(
            Json.list(row.getString("publish")), Json.list(row.getString("subscribe"))));
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }
}
