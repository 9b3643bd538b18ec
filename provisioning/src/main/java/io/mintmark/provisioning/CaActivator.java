package io.mintmark.provisioning;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.BundleReach.Reach;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;

/**
 * Hands over to a CA that was prepared, once the devices trust its root. What the issuing CA before
 * signed stays good. Thread-safe.
 */
public final class CaActivator {

  private final Issuers issuers;
  private final BundleReach reach;
  private final int share;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  CaActivator(
      Issuers issuers,
      BundleReach reach,
      CaSettings settings,
      Feed feed,
      AuditLog audit,
      Clock clock) {
    this.issuers = issuers;
    this.reach = reach;
    this.share = settings.activationShare();
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Activates a CA. An issuing CA takes the place of the active one, which is retired; its root, if
   * that is prepared, is activated with it.
   *
   * @param force whatever devices hold
   * @throws Refusal NOT_FOUND for an unknown CA; CONFLICT if it is not prepared or not valid, its key
   *     is not here, or too few devices hold its root, with the ids of those that do not
   */
  public void activate(String id, boolean force, String actor) throws Refusal {
    issuers.change(feed, tx -> {
      Issuer issuer = Issuers.require(tx, id);
      Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
      Instant now = clock.instant();
      requirePrepared(issuer, now);
      if (issuer.role() == Role.ISSUING) {
        requireKey(issuer);
      }
      Issuer root = root(hierarchy, issuer);
      boolean another =
          hierarchy.rootOf(hierarchy.active()).filter(root::equals).isEmpty();
      Reach found = reach.of(tx.handle(), root.id());
      if (another && !force && !found.isAtLeast(share)) {
        throw Issuers.lacking(root, found, share, "to activate " + issuer.id());
      }
      String detail = issuer.role().word() + " CA, " + (another ? found.describe() : "same root")
          + (force ? ", forced" : "");
      if (issuer.role() == Role.ISSUING) {
        retire(tx, hierarchy.active(), now, actor);
        if (root.state() == State.PREPARED) {
          set(tx, root, now, actor, "root CA, " + found.describe() + (force ? ", forced" : ""));
        }
      }
      set(tx, issuer, now, actor, detail);
      return null;
    });
  }

  private static void requirePrepared(Issuer issuer, Instant now) throws Refusal {
    if (issuer.state() != State.PREPARED) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "CA " + issuer.id() + " is " + issuer.state().word()
              + ": only a prepared one can be activated");
    }
    Validity validity = Validity.of(issuer.certificate());
    if (!validity.contains(now)) {
      throw new Refusal(
          Refusal.Kind.CONFLICT, "CA " + issuer.id() + " is valid " + validity + ", not now");
    }
  }

  private void requireKey(Issuer issuer) throws Refusal {
    if (issuers.authority().signer(issuer.id()).isEmpty()
        || !issuers.folder().holds(issuer.keyRef())) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "the key of CA " + issuer.id() + " is not at " + issuer.keyRef() + ": bring it back");
    }
  }

  private static Issuer root(Hierarchy hierarchy, Issuer issuer) throws Refusal {
    if (issuer.role() == Role.ROOT) {
      return issuer;
    }
    return hierarchy
        .rootOf(issuer)
        .filter(root -> hierarchy.trustedRoots().contains(root))
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.CONFLICT, "the root of CA " + issuer.id() + " is not trusted any more"));
  }

  private void set(Transaction tx, Issuer issuer, Instant now, String actor, String detail) {
    IssuerTable.setState(tx, issuer.id(), State.ACTIVE, now);
    audit.add(tx, actor, "issuer.activated", issuer.id(), detail);
  }

  private void retire(Transaction tx, Issuer before, Instant now, String actor) {
    IssuerTable.setState(tx, before.id(), State.RETIRED, now);
    audit.add(tx, actor, "issuer.retired", before.id(), "another took its place");
  }
}
