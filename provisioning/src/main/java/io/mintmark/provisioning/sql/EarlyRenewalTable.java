package io.mintmark.provisioning.sql;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** For which fleets and issuers an operator asked for early renewal. Stateless. */
public final class EarlyRenewalTable {

  /**
   * An operator's wish.
   *
   * @param askedAt certificates made until then are meant
   * @param doneBy until then their renewals are spread
   */
  public record EarlyRenewal(Instant askedAt, Instant doneBy) {}

  private EarlyRenewalTable() {}

  /** The last wish for a fleet. */
  public static Optional<EarlyRenewal> ofFleet(Handle handle, String fleet) {
    return find(handle, "fleet", fleet);
  }

  /** The last wish for an issuing key, by its key identifier. */
  public static Optional<EarlyRenewal> ofIssuer(Handle handle, String keyId) {
    return find(handle, "issuer", keyId);
  }

  private static Optional<EarlyRenewal> find(Handle handle, String scope, String subject) {
    return handle
        .createQuery("""
            select asked_at, done_by from early_renewals
            where scope = :scope and subject = :subject
            """)
        .bind("scope", scope)
        .bind("subject", subject)
        .map((row, ctx) -> new EarlyRenewal(
            Instant.ofEpochMilli(row.getLong("asked_at")),
            Instant.ofEpochMilli(row.getLong("done_by"))))
        .findOne();
  }

  /**
   * Keeps a wish in place of the one before.
   *
   * @param scope {@code fleet} or {@code issuer}
   */
  public static void put(Transaction tx, String scope, String subject, EarlyRenewal asked) {
    tx.handle()
        .createUpdate("""
            insert into early_renewals (scope, subject, asked_at, done_by)
            values (:scope, :subject, :askedAt, :doneBy)
            on conflict (scope, subject) do update set
              asked_at = excluded.asked_at, done_by = excluded.done_by
            """)
        .bind("scope", scope)
        .bind("subject", subject)
        .bind("askedAt", asked.askedAt().toEpochMilli())
        .bind("doneBy", asked.doneBy().toEpochMilli())
        .execute();
  }
}
