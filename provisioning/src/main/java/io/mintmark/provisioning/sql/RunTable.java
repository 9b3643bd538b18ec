package io.mintmark.provisioning.sql;

import io.mintmark.provisioning.Worded;
import io.mintmark.provisioning.revocation.RevocationRun;
import io.mintmark.provisioning.revocation.RevocationRun.Scope;
import io.mintmark.provisioning.revocation.RevocationRun.Verb;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The bulk runs there are and were. Stateless. */
public final class RunTable {

  private RunTable() {}

  /** Keeps a run that begins; at most one of a scope and subject is under way. */
  public static RevocationRun insert(Transaction tx, RevocationRun run) {
    long id = tx.handle()
        .createQuery("""
            insert into revocation_runs (scope, verb, subject, before, reason, actor, total,
                                         left_out, started_at)
            values (:scope, :verb, :subject, :before, :reason, :actor, :total, :leftOut, :at)
            returning id
            """)
        .bind("scope", run.scope().word())
        .bind("verb", run.verb().word())
        .bind("subject", run.subject())
        .bind("before", run.before() == null ? null : run.before().toEpochMilli())
        .bind("reason", run.reason())
        .bind("actor", run.actor())
        .bind("total", run.total())
        .bind("leftOut", run.leftOut())
        .bind("at", run.startedAt().toEpochMilli())
        .mapTo(Long.class)
        .one();
    return find(tx.handle(), id).orElseThrow();
  }

  /** The run of a number, if there is one. */
  public static Optional<RevocationRun> find(Handle handle, long id) {
    return handle
        .createQuery("select * from revocation_runs where id = :id")
        .bind("id", id)
        .map((row, ctx) -> run(row))
        .findOne();
  }

  /** The latest runs, the latest first. */
  public static List<RevocationRun> latest(Handle handle, int limit) {
    return handle
        .createQuery("select * from revocation_runs order by id desc limit :limit")
        .bind("limit", limit)
        .map((row, ctx) -> run(row))
        .list();
  }

  /** Those under way, in the order they were asked for. */
  public static List<RevocationRun> unfinished(Handle handle) {
    return handle
        .createQuery("select * from revocation_runs where finished_at is null order by id")
        .map((row, ctx) -> run(row))
        .list();
  }

  /** The one that is under way about a subject, if there is one. */
  public static Optional<RevocationRun> unfinished(Handle handle, Scope scope, String subject) {
    return handle
        .createQuery("""
            select * from revocation_runs
            where scope = :scope and subject = :subject and finished_at is null
            """)
        .bind("scope", scope.word())
        .bind("subject", subject)
        .map((row, ctx) -> run(row))
        .findOne();
  }

  /** The latest run that suspended or released a fleet; it says whether the fleet is suspended. */
  public static Optional<RevocationRun> latestSuspension(Handle handle, String fleet) {
    return handle
        .createQuery("""
            select * from revocation_runs
            where scope = 'fleet' and subject = :fleet and verb in ('suspend', 'release')
            order by id desc limit 1
            """)
        .bind("fleet", fleet)
        .map((row, ctx) -> run(row))
        .findOne();
  }

  /**
   * What bears on who enrols: of a fleet suspensions, releases and a revocation that is under way,
   * and the revocations of factory CAs. Asked for each enrolment, so without a list in JSON or an
   * order, each of which SQLite takes as long for as for all the rest.
   *
   * @param factoryCas key ids, all of one length
   */
  public static List<RevocationRun> concerning(
      Handle handle, String fleet, List<String> factoryCas) {
    return handle
        .createQuery("""
            select * from revocation_runs
            where scope = 'fleet' and subject = :fleet
              and (verb in ('suspend', 'release') or finished_at is null)
            union all
            select * from revocation_runs
            where scope = 'factory-ca' and instr(:factoryCas, subject) > 0
            """)
        .bind("fleet", fleet)
        .bind("factoryCas", String.join(" ", factoryCas))
        .map((row, ctx) -> run(row))
        .list();
  }

  /** The run that revoked one of these factory CAs, if there was one. */
  public static Optional<RevocationRun> ofFactoryCa(Handle handle, List<String> ids) {
    return handle
        .createQuery("""
            select * from revocation_runs
            where scope = 'factory-ca' and subject in (select value from json_each(:ids))
            order by id limit 1
            """)
        .bind("ids", Json.write(ids))
        .map((row, ctx) -> run(row))
        .findOne();
  }

  /** The factory CAs that were revoked. */
  public static List<String> revokedFactoryCas(Handle handle) {
    return handle
        .createQuery(
            "select distinct subject from revocation_runs where scope = 'factory-ca' order by id")
        .mapTo(String.class)
        .list();
  }

  /** A run under way that will revoke this certificate, if it has not. */
  public static Optional<RevocationRun> revoking(Handle handle, BigInteger serial) {
    return handle
        .createQuery("""
            select r.* from revocation_runs r, certificates c
            where r.finished_at is null and c.serial = :serial
              and (r.scope = 'issuer' and r.subject = c.issuer and c.reserved_at < r.before
                   or r.scope = 'factory-ca'
                      and r.subject in (select value from json_each(c.factory_cas)))
            limit 1
            """)
        .bind("serial", serial.toString(16))
        .map((row, ctx) -> run(row))
        .findOne();
  }

  /** Where a run's next batch begins; empty at the start. */
  public static String position(Handle handle, long id) {
    return handle
        .createQuery("select position from revocation_runs where id = :id")
        .bind("id", id)
        .mapTo(String.class)
        .one();
  }

  /** A batch is done. */
  public static void advance(Transaction tx, long id, String position, int done, int certificates) {
    tx.handle()
        .createUpdate("""
            update revocation_runs
            set position = :position, done = done + :done, certificates = certificates + :certificates
            where id = :id
            """)
        .bind("id", id)
        .bind("position", position)
        .bind("done", done)
        .bind("certificates", certificates)
        .execute();
  }

  /** All of it is done. */
  public static void finish(Transaction tx, long id, Instant now) {
    tx.handle()
        .createUpdate("update revocation_runs set finished_at = :now where id = :id")
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  private static RevocationRun run(ResultSet row) throws SQLException {
    return new RevocationRun(
        row.getLong("id"),
        Worded.of(Scope.class, row.getString("scope")),
        Worded.of(Verb.class, row.getString("verb")),
        row.getString("subject"),
        instant(row, "before"),
        row.getString("reason"),
        row.getString("actor"),
        row.getLong("total"),
        row.getLong("done"),
        row.getLong("certificates"),
        row.getLong("left_out"),
        Instant.ofEpochMilli(row.getLong("started_at")),
        instant(row, "finished_at"),
        null);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
