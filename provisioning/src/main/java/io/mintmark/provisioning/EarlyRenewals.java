package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.sql.EarlyRenewalTable;
import io.mintmark.provisioning.sql.EarlyRenewalTable.EarlyRenewal;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Asks for certificates to be renewed before their time: those of a fleet after its profile has
 * changed, or all of an issuing key. It only pulls the windows of {@link RenewalInformation} forward;
 * devices learn of it when they ask the next time. Thread-safe.
 */
public final class EarlyRenewals {

  private static final Duration DEFAULT_SPREAD = Duration.ofHours(1);
  private static final Duration LONGEST_SPREAD = Duration.ofDays(30);

  /**
   * What was asked for.
   *
   * @param scope {@code fleet} or {@code issuer}
   * @param subject the fleet's id, or the issuing key's identifier
   * @param askedAt certificates made until then are meant
   * @param doneBy until then their renewals are spread
   */
  public record Asked(String scope, String subject, Instant askedAt, Instant doneBy) {}

  private final Registry registry;
  private final CertificateAuthority authority;
  private final AuditLog audit;
  private final Clock clock;

  EarlyRenewals(Registry registry, CertificateAuthority authority, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * For all certificates of a fleet's devices that there are now.
   *
   * @param over how long to spread the renewals, as in {@code 12h}; null for an hour
   * @throws Refusal NOT_FOUND for an unknown fleet, INVALID if the spread is not 1s to 30d
   */
  public Asked ofFleet(FleetId fleet, String over, String actor) throws Refusal {
    Duration spread = spread(over);
    return registry.write(tx -> {
      if (!FleetTable.exists(tx.handle(), fleet)) {
        throw new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known");
      }
      return ask(tx, "fleet", fleet.value(), spread, actor);
    });
  }

  /**
   * For all certificates an issuing key has signed.
   *
   * @param keyId its key identifier in hex, as {@code openssl x509 -ext subjectKeyIdentifier} shows
   *     it; colons and upper case do no harm
   * @param over as of {@link #ofFleet}
   * @throws Refusal NOT_FOUND for an unknown key, naming the one there is; INVALID as there
   */
  public Asked ofIssuer(String keyId, String over, String actor) throws Refusal {
    Duration spread = spread(over);
    String known = authority.issuingKeyId();
    if (!keyId.replace(":", "").equalsIgnoreCase(known)) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND,
          "issuer '" + Printable.of(keyId) + "' is not known: this service issues with " + known);
    }
    return registry.write(tx -> ask(tx, "issuer", known, spread, actor));
  }

  private Asked ask(Transaction tx, String scope, String subject, Duration spread, String actor) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    EarlyRenewal asked = new EarlyRenewal(now, now.plus(spread));
    EarlyRenewalTable.put(tx, scope, subject, asked);
    audit.add(tx, actor, scope + ".renew-early", subject, "over " + DurationText.of(spread));
    return new Asked(scope, subject, asked.askedAt(), asked.doneBy());
  }

  private static Duration spread(String over) throws Refusal {
    if (over == null) {
      return DEFAULT_SPREAD;
    }
    try {
      Duration spread = DurationText.parse(over);
      if (!spread.isZero() && spread.compareTo(LONGEST_SPREAD) <= 0) {
        return spread;
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
    throw new Refusal(
        Refusal.Kind.INVALID,
        "renewals cannot be spread over '" + Printable.of(over) + "': use 1s to 30d");
  }
}
