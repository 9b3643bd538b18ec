package io.mintmark.provisioning;

import static java.util.stream.Collectors.joining;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.BundleReach.Reach;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Takes CAs out of use, for good. Thread-safe. */
public final class CaRetirer {

  /** Those that fit a CA and are for good; a CA's key that somebody else has is said by the first. */
  private static final Set<RevocationReason> REASONS =
      Collections.unmodifiableSet(new LinkedHashSet<>(List.of(
          RevocationReason.CA_COMPROMISE,
          RevocationReason.CESSATION_OF_OPERATION,
          RevocationReason.SUPERSEDED,
          RevocationReason.AFFILIATION_CHANGED,
          RevocationReason.PRIVILEGE_WITHDRAWN,
          RevocationReason.UNSPECIFIED)));

  private final Issuers issuers;
  private final BundleReach reach;
  private final int share;
  private final Feed feed;
  private final AuditLog audit;
  private final CaRevocation revocation;
  private final Clock clock;

  CaRetirer(
      Issuers issuers,
      BundleReach reach,
      CaSettings settings,
      Feed feed,
      AuditLog audit,
      CaRevocation revocation,
      Clock clock) {
    this.issuers = issuers;
    this.reach = reach;
    this.share = settings.activationShare();
    this.feed = feed;
    this.audit = audit;
    this.revocation = revocation;
    this.clock = clock;
  }

  /**
   * Retires a CA: an issuing CA that was prepared and never used, or a root, which nobody is to trust
   * from now on.
   *
   * @param force a root whatever devices hold
   * @throws Refusal NOT_FOUND for an unknown CA; CONFLICT if it is in use or done with, certificates
   *     below the root are still good, or too few devices hold the root that is left
   */
  public void retire(String id, boolean force, String actor) throws Refusal {
    issuers.change(feed, tx -> {
      Issuer issuer = Issuers.require(tx, id);
      Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
      if (issuer.state() == State.RETIRED || issuer.state() == State.REVOKED) {
        throw conflict("CA " + issuer.id() + " is " + issuer.state().word() + " already");
      }
      requireUnused(hierarchy, issuer, "retired");
      if (issuer.role() == Role.ROOT && !force) {
        requireLeft(tx, hierarchy, issuer);
      }
      IssuerTable.setState(tx, issuer.id(), State.RETIRED, clock.instant());
      audit.add(
          tx,
          actor,
          "issuer.retired",
          issuer.id(),
          issuer.role().word() + " CA" + (force ? ", forced" : ""));
      return null;
    });
  }

  /**
   * Revokes a CA: what it signed is good no more, here and at the brokers.
   *
   * @param reasonOrNull as RFC 5280 spells it; null for {@code cACompromise}
   * @param force whatever brokers show
   * @throws Refusal INVALID for a reason that is none of a CA's; NOT_FOUND for an unknown CA; CONFLICT
   *     if it is in use or revoked, or brokers' certificates rest on it, with the brokers' names
   */
  public void revoke(String id, String reasonOrNull, boolean force, String actor) throws Refusal {
    RevocationReason reason = reason(reasonOrNull);
    issuers.change(feed, tx -> {
      Issuer issuer = Issuers.require(tx, id);
      Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
      if (issuer.state() == State.REVOKED) {
        throw conflict("CA " + issuer.id() + " is revoked already");
      }
      requireUnused(hierarchy, issuer, "revoked");
      if (!force) {
        requireLeftByBrokers(tx, hierarchy, issuer, clock.instant());
      }
      revocation.revoke(tx, issuer, reason, actor, force ? "forced" : "");
      return null;
    });
  }

  private static RevocationReason reason(String wordOrNull) throws Refusal {
    return wordOrNull == null
        ? RevocationReason.CA_COMPROMISE
        : RevocationReason.ofWord(wordOrNull)
            .filter(REASONS::contains)
            .orElseThrow(() -> new Refusal(
                Refusal.Kind.INVALID,
                "'" + Printable.of(wordOrNull) + "' is no reason to revoke a CA: use one of "
                    + REASONS.stream().map(RevocationReason::word).collect(joining(", "))));
  }

  private static void requireUnused(Hierarchy hierarchy, Issuer issuer, String done)
      throws Refusal {
    if (hierarchy.isInUse(issuer)) {
      throw conflict("CA " + issuer.id() + " cannot be " + done + ": certificates are signed "
          + (issuer.role() == Role.ROOT ? "below it" : "with it")
          + "; activate another issuing CA first");
    }
  }

  private void requireLeft(Transaction tx, Hierarchy hierarchy, Issuer root) throws Refusal {
    for (Issuer issuing : hierarchy.issuers()) {
      if (hierarchy.rootOf(issuing).filter(root::equals).isPresent() && issuing.hasIssued()) {
        long live = CertificateTable.liveOf(tx.handle(), issuing.id(), clock.instant());
        if (live > 0) {
          throw new Refusal(
              Refusal.Kind.CONFLICT,
              "root " + root.id() + " cannot be retired: " + live
                  + " certificates of issuing CA " + issuing.id()
                  + " below it are still good; have them renewed (mintmark renew-early --issuer),"
                  + " revoke those nobody uses any more (mintmark certificate list --issuer,"
                  + " certificate revoke), or use --force",
              CertificateTable.holdersOf(
                  tx.handle(), issuing.id(), clock.instant(), BundleReach.MOST_NAMED));
        }
      }
    }
    Issuer left = hierarchy.rootOf(hierarchy.active()).orElseThrow();
    Reach found = reach.of(tx.handle(), left.id());
    if (!found.isAtLeast(share)) {
      throw Issuers.lacking(left, found, share, "to retire " + root.id());
    }
  }

  /**
   * A broker that is shut out of the feed hears of nothing and cannot renew. Its certificate counts
   * until the one after it was seen, or it ends.
   */
  private static void requireLeftByBrokers(
      Transaction tx, Hierarchy hierarchy, Issuer issuer, Instant now) throws Refusal {
    Set<String> brokers = new TreeSet<>();
    for (Issuer issuing : hierarchy.issuers()) {
      boolean below = issuing.equals(issuer)
          || hierarchy.rootOf(issuing).filter(issuer::equals).isPresent();
      if (below && hierarchy.accepts(issuing)) {
        CertificateTable.brokersOf(tx.handle(), issuing.id(), now).stream()
            .map(identity -> Identity.parse(identity).name())
            .forEach(brokers::add);
      }
    }
    if (!brokers.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "CA " + issuer.id() + " cannot be revoked: it would shut out " + brokers.size()
              + " brokers whose certificates are below it; one that runs takes another by itself"
              + " within a minute: wait for those below, or use --force",
          List.copyOf(brokers));
    }
  }

  private static Refusal conflict(String message) {
    return new Refusal(Refusal.Kind.CONFLICT, message);
  }
}
