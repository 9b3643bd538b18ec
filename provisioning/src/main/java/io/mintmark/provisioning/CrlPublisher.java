package io.mintmark.provisioning;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CrlSigner;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.recovery.RecoveryGate;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.StatusTable;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a CRL of each issuer: a new one whenever a certificate was revoked, suspended or released,
 * and in time before the last one ends. Thread-safe.
 *
 * <p>Whoever changes a status says so in the same transaction ({@link CrlTable#changed}); {@link
 * #publishDue} finds it, also after a crash. A superseded certificate is listed by the next CRL and
 * does not make one due: its holder has another, and a fleet renews all day long.
 */
public final class CrlPublisher {

  private static final Logger LOG = LoggerFactory.getLogger(CrlPublisher.class);

  /** How long a CRL holds; at half of that there is another. A root may be far away. */
  private static final Duration LIFETIME = Duration.ofDays(1);

  static final Duration LIFETIME_OF_ROOTS = Duration.ofDays(365);

  /** A verifier whose clock is slow must not refuse everybody because of a CRL made just now. */
  private static final Duration BACKDATE = Duration.ofMinutes(5);

  /** How often the log asks for a key that is not at hand. */
  private static final Duration REMINDER = Duration.ofHours(12);

  /** A key that failed or is not at hand is not asked for again each second. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final Registry registry;
  private final Supplier<List<Issuer>> issuers;
  private final Function<Issuer, Optional<Signer>> keys;
  private final RecoveryGate gate;
  private final Clock clock;
  private final Map<String, Crl> latest = new ConcurrentHashMap<>();
  private final Map<String, Instant> pausedUntil = new ConcurrentHashMap<>();
  private final Map<String, Instant> remindedAt = new ConcurrentHashMap<>();

  /**
   * A publisher.
   *
   * @param issuers all that ever issued
   * @param keys the key of an issuer, empty when it is not at hand; asked only when needed
   * @param gate while it is closed there are no CRLs: they would call good what was revoked
   */
  CrlPublisher(
      Registry registry,
      Supplier<List<Issuer>> issuers,
      Function<Issuer, Optional<Signer>> keys,
      RecoveryGate gate,
      Clock clock) {
    this.registry = registry;
    this.issuers = issuers;
    this.keys = keys;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Requires that what {@link #find} has may be told.
   *
   * @throws Refusal LATER while the registry is older than what it told: its CRLs call good what was
   *     revoked
   */
  public void requireCurrent() throws Refusal {
    gate.requireOpen();
  }

  /** The latest CRL of an issuer, if it has one. */
  public Optional<Crl> find(String issuer) {
    Crl known = latest.get(issuer);
    return known != null ? Optional.of(known) : registry.read(h -> CrlTable.find(h, issuer));
  }

  /**
   * Makes each CRL that is due. Cheap when none is: to be called about each second, so that
   * revocations of the same moment share one CRL. One issuer's trouble does not touch the others.
   */
  public synchronized void publishDue() {
    if (gate.isClosed()) {
      return;
    }
    Instant now = clock.instant();
    for (Issuer issuer : issuers.get()) {
      if (isOurs(issuer, now)
          && !now.isBefore(pausedUntil.getOrDefault(issuer.id(), Instant.MIN))) {
        try {
          publishIfDue(issuer, now);
        } catch (GeneralSecurityException e) {
          pausedUntil.put(issuer.id(), now.plus(PAUSE));
          LOG.error(
              "the CRL of {} could not be signed; trying again: {}", issuer.id(), e.getMessage());
        } catch (RuntimeException e) {
          pausedUntil.put(issuer.id(), now.plus(PAUSE));
          LOG.error("the CRL of {} could not be made; trying again", issuer.id(), e);
        }
      }
    }
  }

  /**
   * Not one whose key is somebody else's, nor a root that was revoked: nobody trusts its word. An
   * issuing CA that was revoked goes on to say that nothing of it is good, for verifiers that do not
   * ask its root. What has expired is believed by nobody.
   */
  private static boolean isOurs(Issuer issuer, Instant now) {
    return issuer.keyRef() != null
        && !(issuer.role() == Issuer.Role.ROOT && issuer.state() == Issuer.State.REVOKED)
        && !now.isAfter(Validity.of(issuer.certificate()).notAfter());
  }

  private void publishIfDue(Issuer issuer, Instant now) throws GeneralSecurityException {
    CrlTable.Standing standing = registry.read(h -> CrlTable.standing(h, issuer.id()));
    Crl before = current(issuer.id(), standing.published());
    boolean scheduled = before == null
        || !now.isBefore(before.scheduledAt().plus(lifetime(issuer).dividedBy(2)));
    if (!scheduled && !standing.untold()) {
      return;
    }
    Optional<Signer> key = keys.apply(issuer);
    if (key.isPresent()) {
      publish(issuer, before, scheduled, key.get(), now);
    } else {
      pausedUntil.put(issuer.id(), now.plus(PAUSE));
      remind(issuer, before, now);
    }
  }

  /** Not of one that was revoked: its key may be gone for good, and its root's CRL says it all. */
  private void remind(Issuer issuer, Crl beforeOrNull, Instant now) {
    if (issuer.state() != Issuer.State.REVOKED
        && !now.isBefore(remindedAt.getOrDefault(issuer.id(), Instant.EPOCH).plus(REMINDER))) {
      remindedAt.put(issuer.id(), now);
      LOG.warn(
          "a new CRL of {} CA {} is due and its key is not at hand: {}{}",
          issuer.role().word(),
          issuer.id(),
          issuer.role() == Issuer.Role.ROOT
              ? "sign it where the key is (mintmark ca crl --root-key FILE)"
              : "put it back for as long as that takes",
          beforeOrNull == null ? "" : ", before " + beforeOrNull.nextUpdate());
    }
  }

  /** Another node may have published meanwhile. */
  private Crl current(String issuer, long published) {
    Crl known = latest.get(issuer);
    if (published > 0 && (known == null || known.number() < published)) {
      known = registry.read(h -> CrlTable.find(h, issuer)).orElseThrow();
      latest.put(issuer, known);
    }
    return known;
  }

  private void publish(
      Issuer issuer, Crl beforeOrNull, boolean scheduled, Signer signer, Instant now)
      throws GeneralSecurityException {
    CrlTable.Taken taken = registry.write(tx -> CrlTable.take(tx, issuer.id(), now));
    Instant lastScheduled = beforeOrNull == null ? Instant.EPOCH : beforeOrNull.scheduledAt();
    List<RevokedSerial> entries = issuer.role() == Issuer.Role.ROOT
        ? revokedBelow(issuer, issuers.get())
        : registry.read(h -> StatusTable.notGood(h, issuer.id(), lastScheduled));
    Instant thisUpdate = thisUpdate(beforeOrNull, now);
    Instant nextUpdate = thisUpdate.plus(lifetime(issuer));
    byte[] der = new CrlSigner(issuer.certificate(), scope(issuer), signer)
        .sign(taken.number(), thisUpdate, nextUpdate, entries);
    Crl crl = new Crl(
        taken.number(), thisUpdate, nextUpdate, scheduled ? thisUpdate : lastScheduled, der);
    registry.write(tx -> {
      CrlTable.publish(tx, issuer.id(), taken, crl);
      return null;
    });
    published(issuer.id(), crl, entries.size());
  }

  /** A CRL was recorded. */
  void published(String issuer, Crl crl, int entries) {
    latest.merge(issuer, crl, (old, made) -> old.number() > made.number() ? old : made);
    pausedUntil.remove(issuer);
    LOG.info("CRL {} of {}: {} entries", crl.number(), issuer, entries);
  }

  /** Never that of the one before: caches tell them apart by it. */
  static Instant thisUpdate(Crl beforeOrNull, Instant now) {
    Instant next = now.truncatedTo(ChronoUnit.SECONDS).minus(BACKDATE);
    return beforeOrNull != null
            && !next.isAfter(beforeOrNull.thisUpdate())
            && beforeOrNull.thisUpdate().isBefore(now)
        ? beforeOrNull.thisUpdate().plusSeconds(1)
        : next;
  }

  /** The CAs of a root; they stay on its CRL for good. */
  static List<RevokedSerial> revokedBelow(Issuer root, List<Issuer> issuers) {
    return issuers.stream()
        .filter(i -> i.role() == Issuer.Role.ISSUING && i.state() == Issuer.State.REVOKED)
        .filter(i -> i.certificate()
            .getIssuerX500Principal()
            .equals(root.certificate().getSubjectX500Principal()))
        .map(i -> new RevokedSerial(
            i.certificate().getSerialNumber(),
            i.retiredAt(),
            i.reason() == null ? RevocationReason.UNSPECIFIED : i.reason()))
        .toList();
  }

  private static Duration lifetime(Issuer issuer) {
    return issuer.role() == Issuer.Role.ROOT ? LIFETIME_OF_ROOTS : LIFETIME;
  }

  private static CrlSigner.Scope scope(Issuer issuer) {
    return issuer.role() == Issuer.Role.ROOT
        ? CrlSigner.Scope.AUTHORITIES
        : CrlSigner.Scope.END_ENTITIES;
  }
}
