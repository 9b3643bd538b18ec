package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CaCertificates;
import io.mintmark.provisioning.ca.CaKey;
import io.mintmark.provisioning.ca.CaRequest;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a start whose issuing CA has expired another one: one that was prepared, else a new one if
 * the root's key is at hand. By hand it cannot be done: the service's own certificate, which
 * operators check, ended with the CA at the latest. Devices trust the root and need not be told. Used
 * by one start.
 */
final class Succession {

  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

  private final Registry registry;
  private final AuthorityFolder folder;
  private final TrustDomain trustDomain;
  private final Optional<StatusAddresses> addresses;
  private final Instant now;

  Succession(
      Registry registry,
      AuthorityFolder folder,
      TrustDomain trustDomain,
      Optional<StatusAddresses> addresses,
      Instant now) {
    this.registry = registry;
    this.folder = folder;
    this.trustDomain = trustDomain;
    this.addresses = addresses;
    this.now = now;
  }

  /**
   * The CAs after the change.
   *
   * @param before whose active issuing CA has expired
   * @throws StartException saying what to bring back if there is nothing to hand over to, or a key
   *     cannot be read or kept
   */
  Hierarchy of(Hierarchy before) throws StartException {
    Issuer expired = before.active();
    Optional<Issuer> prepared = prepared(before);
    Issuer next = prepared.isPresent() ? prepared.get() : made(before);
    registry.write(tx -> {
      if (prepared.isEmpty()) {
        IssuerTable.insert(tx, next);
        AuditTable.insert(
            tx, now, AuditLog.SYSTEM, "issuer.prepared", next.id(), "issuing CA, at a start");
      }
      IssuerTable.setState(tx, expired.id(), State.RETIRED, now);
      AuditTable.insert(tx, now, AuditLog.SYSTEM, "issuer.retired", expired.id(), "it has expired");
      IssuerTable.setState(tx, next.id(), State.ACTIVE, now);
      AuditTable.insert(
          tx, now, AuditLog.SYSTEM, "issuer.activated", next.id(), expired.id() + " has expired");
      return null;
    });
    LOG.warn("issuing CA {} has expired: {} took its place", expired.id(), next.id());
    return new Hierarchy(registry.read(IssuerTable::all));
  }

  private Optional<Issuer> prepared(Hierarchy before) throws StartException {
    for (Issuer issuer : before.issuers()) {
      if (issuer.role() == Role.ISSUING
          && issuer.state() == State.PREPARED
          && isValid(issuer)
          && before.rootOf(issuer).filter(this::signs).isPresent()
          && folder.signer(issuer).isPresent()) {
        return Optional.of(issuer);
      }
    }
    return Optional.empty();
  }

  private Issuer made(Hierarchy before) throws StartException {
    Issuer root = before.issuers().stream()
        .filter(i -> i.role() == Role.ROOT && signs(i))
        .reduce((a, b) -> b.activatedAt().isBefore(a.activatedAt()) ? a : b)
        .orElseThrow(() -> new StartException("the issuing CA " + described(before.active())
            + ", and so has every root: devices have to be given new trust anchors"));
    Optional<Signer> signer = folder.signer(root);
    if (signer.isEmpty()) {
      throw new StartException(
          "the issuing CA " + described(before.active()) + " and the key of root "
              + root.id() + " is not "
              + (root.keyRef() == null
                  ? "here"
                  : "at " + root.keyRef() + ": bring it back for this start"));
    }
    CaKey key = folder.create(Role.ISSUING);
    X509Certificate certificate = CaCertificates.issuing(
        CaRequest.of(trustDomain, key), root.certificate(), signer.get(), addresses, now);
    folder.certified(key, List.of(certificate, root.certificate()));
    return Issuer.prepared(Role.ISSUING, certificate, List.of(), key.ref(), now);
  }

  private static String described(Issuer expired) {
    return "of " + expired.keyRef() + " expired at "
        + Validity.of(expired.certificate()).notAfter();
  }

  /** Not one that is prepared only: devices may not hold it. */
  private boolean signs(Issuer root) {
    return root.state() == State.ACTIVE && isValid(root);
  }

  private boolean isValid(Issuer issuer) {
    return Validity.of(issuer.certificate()).contains(now);
  }
}
