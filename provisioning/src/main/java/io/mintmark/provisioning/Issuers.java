package io.mintmark.provisioning;

import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the CAs the registry knows and the keys in the data folder together. Thread-safe. */
final class Issuers {

  private static final Logger LOG = LoggerFactory.getLogger(Issuers.class);

  private final Registry registry;
  private final AuthorityFolder folder;
  private final UnaryOperator<Signer> signers;
  private final CertificateAuthority authority;

  private Issuers(
      Registry registry,
      AuthorityFolder folder,
      UnaryOperator<Signer> signers,
      CertificateAuthority authority) {
    this.registry = registry;
    this.folder = folder;
    this.signers = signers;
    this.authority = authority;
  }

  /**
   * The CAs of an installation. A registry that knows of none, new or from before they were
   * recorded, is told of those in the folder.
   *
   * @param signers may replace an issuing key's signer
   * @param addresses where certificates say that their status is told
   * @throws StartException if the active issuing CA's key is not there or not readable, it has
   *     expired or is not of a trusted root
   */
  static Issuers open(
      Registry registry,
      AuthorityFolder folder,
      UnaryOperator<Signer> signers,
      Optional<StatusAddresses> addresses,
      Instant now)
      throws StartException {
    if (registry.read(IssuerTable::all).isEmpty()) {
      if (!folder.exists()) {
        throw missing(AuthorityFolder.FIRST_ISSUING);
      }
      adopt(registry, folder.first(), now);
    }
    Hierarchy hierarchy = new Hierarchy(registry.read(IssuerTable::all));
    Issuer active = hierarchy.active();
    Map<String, Signer> keys = keys(hierarchy, folder, signers);
    if (!keys.containsKey(active.id())) {
      throw missing(active.keyRef());
    }
    List<X509Certificate> path = new ArrayList<>(List.of(active.certificate()));
    path.addAll(active.others());
    String fault = Chains.fault(path, hierarchy.trustAnchors(), now);
    if (fault != null) {
      throw new StartException("the issuing CA of " + active.keyRef() + " " + fault);
    }
    return new Issuers(
        registry, folder, signers, new CertificateAuthority(hierarchy, keys, addresses));
  }

  private static StartException missing(String key) {
    return new StartException("the issuing CA's key " + key + " is missing from the data folder:"
        + " restore it from a backup; a new CA would orphan every device");
  }

  private static void adopt(Registry registry, AuthorityFolder.First first, Instant now)
      throws StartException {
    X509Certificate certificate = first.issuing();
    String fault = Chains.fault(List.of(certificate), first.roots(), now);
    if (fault != null) {
      throw new StartException("the issuing CA of " + AuthorityFolder.FIRST_ISSUING + " " + fault);
    }
    Issuer issuing = Issuer.prepared(
            Role.ISSUING, certificate, List.of(), AuthorityFolder.FIRST_ISSUING, now)
        .activated(now);
    registry.write(tx -> {
      for (X509Certificate root : first.roots()) {
        boolean own = root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        String key = own ? AuthorityFolder.FIRST_ROOT : null;
        IssuerTable.insert(
            tx, Issuer.prepared(Role.ROOT, root, List.of(), key, now).activated(now));
      }
      IssuerTable.insert(tx, issuing);
      IssuerTable.adopt(tx, issuing.id());
      return null;
    });
  }

  /** Those of the issuing CAs. A root's is looked for when it is needed, and not kept. */
  private static Map<String, Signer> keys(
      Hierarchy hierarchy, AuthorityFolder folder, UnaryOperator<Signer> signers)
      throws StartException {
    Map<String, Signer> keys = new HashMap<>();
    for (Issuer issuer : hierarchy.issuers()) {
      if (issuer.role() == Role.ISSUING && issuer.state() != State.REVOKED) {
        folder
            .signer(issuer)
            .ifPresentOrElse(
                signer -> keys.put(issuer.id(), signers.apply(signer)),
                () -> LOG.warn(
                    "the key of issuing CA {} is not at {}", issuer.id(), issuer.keyRef()));
      }
    }
    return keys;
  }

  /** The CAs at work: the same object for good, whatever changes. */
  CertificateAuthority authority() {
    return authority;
  }

  /**
   * The key of a CA, for a CRL. A root's is read each time, if it is there, and not kept.
   *
   * @throws IllegalStateException if it is there and cannot be read
   */
  Optional<Signer> signer(Issuer issuer) {
    if (issuer.role() == Role.ISSUING) {
      return authority.signer(issuer.id());
    }
    try {
      return folder.signer(issuer);
    } catch (StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Makes a change of the registry take effect.
   *
   * @throws StartException if a key cannot be read
   */
  void reload() throws StartException {
    Hierarchy hierarchy = new Hierarchy(registry.read(IssuerTable::all));
    authority.use(hierarchy, keys(hierarchy, folder, signers));
  }

  /**
   * Leaves a copy of the bundle in the data folder.
   *
   * @throws StartException if it cannot be written
   */
  void writeTrust() throws StartException {
    folder.writeTrust(authority.trustAnchors());
  }
}
