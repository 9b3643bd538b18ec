package io.mintmark.provisioning;

import io.mintmark.identity.Issued;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.ca.CaCertificates;
import io.mintmark.provisioning.ca.CaChain;
import io.mintmark.provisioning.ca.CaKey;
import io.mintmark.provisioning.ca.CaRequest;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.sql.IssuerTable;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the CAs that will take over: an issuing CA below the root there is, or a root with the
 * certificates that lead from the old to the new and back. Nothing signs with them yet. Thread-safe.
 */
public final class CaPreparer {

  private final Issuers issuers;
  private final TrustDomain trustDomain;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  CaPreparer(Issuers issuers, TrustDomain trustDomain, Feed feed, AuditLog audit, Clock clock) {
    this.issuers = issuers;
    this.trustDomain = trustDomain;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A new issuing CA below the root that was activated last.
   *
   * @return its id
   * @throws Refusal CONFLICT if the root's key is not here
   */
  public String issuing(String actor) throws Refusal {
    Issuer root = issuers.authority().hierarchy().signingRoot();
    Signer signer = requireKey(root);
    try {
      Instant now = clock.instant();
      CaKey key = issuers.folder().create(Role.ISSUING);
      X509Certificate certificate = CaCertificates.issuing(
          CaRequest.of(trustDomain, key), root.certificate(), signer, issuers.addresses(), now);
      Issuer issuing = Issuer.prepared(Role.ISSUING, certificate, List.of(), key.ref(), now);
      issuers.change(feed, tx -> {
        IssuerTable.insert(tx, issuing);
        audit.add(tx, actor, "issuer.prepared", issuing.id(), "issuing CA, root " + root.id());
        return null;
      });
      issuers.keepWithKey(key, new CaChain(certificate, List.of(), root.certificate()));
      return issuing.id();
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
  }

  /**
   * A new root, which everybody is told to trust besides those there are, with the old root's key
   * certified by it (OldWithNew of RFC 4210, section 4.4) and, unless the old root's key is
   * elsewhere, its own by the old root (NewWithOld).
   *
   * @param rootKeyElsewhere whether the old root will be brought to sign later: {@link #cross}
   * @return its id
   * @throws Refusal CONFLICT if the old root's key is not here, and not said to be elsewhere
   */
  public String root(boolean rootKeyElsewhere, String actor) throws Refusal {
    Issuer old = issuers.authority().hierarchy().signingRoot();
    Signer oldSigner = rootKeyElsewhere ? null : requireKey(old);
    try {
      Instant now = clock.instant();
      CaKey key = issuers.folder().create(Role.ROOT);
      X509Certificate certificate = CaCertificates.root(trustDomain, key, now);
      List<X509Certificate> crosses = new ArrayList<>();
      crosses.add(CaCertificates.cross(
          old.certificate(), certificate, key.signer(), issuers.addresses(), now));
      if (oldSigner != null) {
        crosses.add(CaCertificates.cross(
            certificate, old.certificate(), oldSigner, issuers.addresses(), now));
      }
      Issuer root = Issuer.prepared(Role.ROOT, certificate, crosses, key.ref(), now);
      issuers.change(feed, tx -> {
        IssuerTable.insert(tx, root);
        audit.add(tx, actor, "issuer.prepared", root.id(), "root, after " + old.id());
        return null;
      });
      issuers.folder().certified(key, List.of(certificate));
      return root.id();
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
  }

  /**
   * Takes a root's certificate by another root, made where that one's key is.
   *
   * @param id the root's
   * @throws Refusal NOT_FOUND if there is no such CA, INVALID if the certificate is not of its key
   *     and name, or by no root trusted here
   */
  public void cross(String id, X509Certificate certificate, String actor) throws Refusal {
    issuers.change(feed, tx -> {
      Issuer root = Issuers.require(tx, id);
      boolean ofRoot = root.role() == Role.ROOT
          && certificate.getPublicKey().equals(root.certificate().getPublicKey())
          && certificate
              .getSubjectX500Principal()
              .equals(root.certificate().getSubjectX500Principal())
          && certificate.getBasicConstraints() >= 0;
      Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
      boolean byRoot = hierarchy.trustedRoots().stream()
          .filter(other -> !other.id().equals(root.id()))
          .anyMatch(other -> Issued.by(certificate, other.certificate()));
      if (!ofRoot || !byRoot) {
        throw new Refusal(
            Refusal.Kind.INVALID,
            "the certificate is not one of root " + root.id() + " by another root trusted here");
      }
      if (!root.others().contains(certificate)) {
        IssuerTable.add(tx, root.id(), certificate);
        audit.add(tx, actor, "issuer.crossed", root.id(), null);
      }
      return null;
    });
  }

  private Signer requireKey(Issuer root) throws Refusal {
    if (root.keyRef() == null) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "the key of root " + root.id() + " is somebody else's: have an issuing CA certified with"
              + " 'mintmark ca csr' and 'mintmark ca install'");
    }
    try {
      return issuers
          .folder()
          .signer(root)
          .orElseThrow(() -> new Refusal(
              Refusal.Kind.CONFLICT,
              "the key of root "
                  + root.id()
                  + " is not at "
                  + root.keyRef()
                  + " in the data folder: name the file where it is with --root-key FILE"));
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
  }
}
