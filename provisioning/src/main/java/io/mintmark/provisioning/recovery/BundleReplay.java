package io.mintmark.provisioning.recovery;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes in, within one transaction, what brokers remember of the CAs: one that was revoked does not
 * come back. Roots a broker trusts are compared and never taken. Belongs to one transaction.
 */
final class BundleReplay {

  private final Transaction tx;
  private final CaEnd end;
  private final String actor;
  private final List<String> revoked = new ArrayList<>();
  private int certificatesEnded;

  BundleReplay(Transaction tx, CaEnd end, String actor) {
    this.tx = tx;
    this.end = end;
    this.actor = actor;
  }

  /**
   * Takes in what one broker remembers.
   *
   * @param difference is told what is left to a person, the rest of a sentence about the broker
   */
  void replay(String broker, Bundle remembered, Consumer<String> difference) {
    Hierarchy before = hierarchy();
    for (String id : remembered.revoked()) {
      Optional<Issuer> found = before.find(id);
      if (found.isEmpty()) {
        difference.accept("knows that CA '" + Printable.of(id)
            + "' was revoked, which is not known here: brokers enrolled from now on will not know;"
            + " if its key was not safe, change the root it was below");
      } else if (before.isInUse(found.get())) {
        difference.accept(inUse(found.get()));
      } else if (found.get().state() != State.REVOKED) {
        certificatesEnded += end.revoke(tx, found.get(), actor, "recovered from broker " + broker);
        revoked.add(found.get().role().word() + " CA " + found.get().id());
      }
    }
    if (!isSameBut(remembered, hierarchy().bundle())) {
      difference.accept(
          "knows the trust anchors otherwise: compare, and apply again what is right");
    }
  }

  /** Of those revoked a line each was told. */
  private static boolean isSameBut(Bundle remembered, Bundle ours) {
    List<String> retired = remembered.retired().stream()
        .filter(id -> !remembered.revoked().contains(id))
        .toList();
    return new Bundle(remembered.pem(), remembered.issuing(), retired, ours.revoked()).equals(ours);
  }

  private static String inUse(Issuer issuer) {
    return "knows that " + issuer.role().word() + " CA " + issuer.id()
        + " was revoked, and certificates are signed "
        + (issuer.role() == Role.ROOT
            ? "below it: make another root and an issuing CA below that (mintmark ca prepare root,"
                + " ca prepare issuing, each followed by ca activate)"
            : "with it: hand over to another (mintmark ca prepare issuing, ca activate)")
        + ", then revoke it again (ca revoke)";
  }

  private Hierarchy hierarchy() {
    return new Hierarchy(IssuerTable.all(tx.handle()));
  }

  /** The CAs that were revoked, in words. */
  List<String> revoked() {
    return List.copyOf(revoked);
  }

  /** How many certificates ended with them. */
  int certificatesEnded() {
    return certificatesEnded;
  }
}
