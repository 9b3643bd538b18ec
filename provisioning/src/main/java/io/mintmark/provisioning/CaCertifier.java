package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CaCertificates;
import io.mintmark.provisioning.ca.CaChain;
import io.mintmark.provisioning.ca.CaChainException;
import io.mintmark.provisioning.ca.CaKey;
import io.mintmark.provisioning.ca.CaRequest;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes keys of issuing CAs and takes the certificates that others made for them. The key does not
 * leave. Thread-safe.
 */
public final class CaCertifier {

  private final Registry registry;
  private final Issuers issuers;
  private final TrustDomain trustDomain;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  CaCertifier(
      Registry registry,
      Issuers issuers,
      TrustDomain trustDomain,
      Feed feed,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.issuers = issuers;
    this.trustDomain = trustDomain;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A new key and the request to certify it as an issuing CA's.
   *
   * @return DER of a PKCS#10 request
   * @throws Refusal CONFLICT if the key cannot be kept
   */
  public byte[] request(String actor) throws Refusal {
    try {
      CaKey key = issuers.folder().create(Role.ISSUING);
      byte[] request = CaRequest.of(trustDomain, key).der();
      registry.write(tx -> {
        audit.add(
            tx, actor, "issuer.requested", KeyIds.hex(key.publicKey()), "key in " + key.ref());
        return null;
      });
      return request;
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
  }

  /**
   * Takes the certificate of an issuing CA whose key was made here: it is {@code prepared}. A root it
   * ends in that is not known here is from now on one to trust. Ours vouches for it if its key is
   * here; if not, devices do not take it before that was done where the key is: {@link
   * CaPreparer#cross}.
   *
   * @param certificates the issuing CA's, then those above it as far as they are not known here
   * @return the issuing CA's id
   * @throws Refusal INVALID naming the certificate and the rule it breaks, CONFLICT if the CA is
   *     known, or its root retired
   */
  public String install(List<X509Certificate> certificates, String actor) throws Refusal {
    X509Certificate certificate = certificates.get(0);
    CaKey key = requireKey(certificate);
    Hierarchy hierarchy = issuers.authority().hierarchy();
    Instant now = clock.instant();
    List<X509Certificate> roots = hierarchy.issuers().stream()
        .filter(i -> i.role() == Role.ROOT)
        .map(Issuer::certificate)
        .toList();
    CaChain chain;
    try {
      chain = CaChain.of(certificates, roots, trustDomain, now);
    } catch (CaChainException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
    Issuer issuing = Issuer.prepared(Role.ISSUING, certificate, chain.between(), key.ref(), now);
    Issuer root =
        Issuer.prepared(Role.ROOT, chain.root(), vouching(hierarchy, chain.root(), now), null, now);
    String id = issuers.change(feed, tx -> {
      if (IssuerTable.exists(tx.handle(), issuing.id())) {
        throw new Refusal(
            Refusal.Kind.CONFLICT, "CA " + issuing.id() + " has its certificate already");
      }
      trust(tx, root, actor);
      IssuerTable.insert(tx, issuing);
      audit.add(tx, actor, "issuer.prepared", issuing.id(), "issuing CA, root " + root.id());
      return issuing.id();
    });
    issuers.keepWithKey(key, chain);
    return id;
  }

  private CaKey requireKey(X509Certificate certificate) throws Refusal {
    Optional<CaKey> key;
    try {
      AuthorityFolder folder = issuers.folder();
      key = folder.made(Role.ISSUING, certificate);
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
    return key.orElseThrow(() -> new Refusal(
        Refusal.Kind.INVALID,
        "the certificate's key, "
            + KeyIds.hex(certificate.getPublicKey())
            + ", was not made here: have the request of 'mintmark ca csr' certified"));
  }

  /** The new root's certificate by ours (NewWithOld of RFC 4210, section 4.4), if we can sign it. */
  private List<X509Certificate> vouching(Hierarchy hierarchy, X509Certificate root, Instant now)
      throws Refusal {
    Issuer own = hierarchy.signingRoot();
    if (own.keyRef() == null || own.certificate().equals(root)) {
      return List.of();
    }
    try {
      return issuers
          .folder()
          .signer(own)
          .map(signer -> List.of(
              CaCertificates.cross(root, own.certificate(), signer, issuers.addresses(), now)))
          .orElse(List.of());
    } catch (StartException e) {
      throw Issuers.conflict(e);
    }
  }

  private void trust(Transaction tx, Issuer root, String actor) throws Refusal {
    String id = root.id();
    Optional<Issuer> known =
        IssuerTable.all(tx.handle()).stream().filter(i -> i.id().equals(id)).findFirst();
    if (known.isEmpty()) {
      IssuerTable.insert(tx, root);
      audit.add(tx, actor, "issuer.prepared", id, "root, its key is kept elsewhere");
    } else if (known.get().role() != Role.ROOT
        || known.get().state() == State.RETIRED
        || known.get().state() == State.REVOKED) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "the root " + id + " is " + known.get().state().word() + ": nobody trusts it any more");
    }
  }
}
