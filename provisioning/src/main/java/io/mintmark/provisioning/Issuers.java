package io.mintmark.provisioning;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.BundleReach.Reach;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CaChain;
import io.mintmark.provisioning.ca.CaKey;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.provisioning.sql.BundleTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the CAs the registry knows and the keys in the data folder together. Thread-safe. */
final class Issuers {

  private static final Logger LOG = LoggerFactory.getLogger(Issuers.class);

  /** A change of the CAs, and what it answers. */
  @FunctionalInterface
  interface Change<T> {
    T apply(Transaction tx) throws Refusal;
  }

  private final Registry registry;
  private final AuthorityFolder folder;
  private final UnaryOperator<Signer> signers;
  private final Optional<StatusAddresses> addresses;
  private final Clock clock;
  private final CertificateAuthority authority;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private Issuers(
      Registry registry,
      AuthorityFolder folder,
      UnaryOperator<Signer> signers,
      Optional<StatusAddresses> addresses,
      Clock clock,
      CertificateAuthority authority) {
    this.registry = registry;
    this.folder = folder;
    this.signers = signers;
    this.addresses = addresses;
    this.clock = clock;
    this.authority = authority;
  }

  /**
   * The CAs of an installation. A registry that knows of none, new or from before they were
   * recorded, is told of those in the folder; a new installation's are made. An active issuing CA
   * that has expired meanwhile hands over: see {@link Succession}.
   *
   * @param signers may replace an issuing key's signer
   * @param addresses where certificates say that their status is told
   * @throws StartException if the active issuing CA's key is not there or not readable, it has
   *     expired or is not of a trusted root
   */
  static Issuers open(
      Registry registry,
      Installation installation,
      AuthorityFolder folder,
      UnaryOperator<Signer> signers,
      Optional<StatusAddresses> addresses,
      Clock clock)
      throws StartException {
    Instant now = clock.instant();
    if (registry.read(IssuerTable::all).isEmpty()) {
      adopt(registry, first(installation, folder, addresses, now), now);
    }
    Hierarchy hierarchy = new Hierarchy(registry.read(IssuerTable::all));
    if (!now.isBefore(Validity.of(hierarchy.active().certificate()).notAfter())) {
      hierarchy = new Succession(registry, folder, installation.trustDomain(), addresses, now)
          .of(hierarchy);
    }
    Issuer active = hierarchy.active();
    Map<String, Signer> keys = new HashMap<>();
    for (Issuer issuer : issuing(hierarchy)) {
      Optional<Signer> key = folder.signer(issuer).map(signers);
      if (key.isEmpty()) {
        if (issuer.equals(active)) {
          throw missing(active.keyRef());
        }
        LOG.warn("the key of issuing CA {} is not at {}", issuer.id(), issuer.keyRef());
      }
      key.ifPresent(signer -> keys.put(issuer.id(), signer));
    }
    List<X509Certificate> path = new ArrayList<>(List.of(active.certificate()));
    path.addAll(active.others());
    String fault = Chains.fault(path, hierarchy.trustAnchors(), now);
    if (fault != null) {
      throw new StartException("the issuing CA of " + active.keyRef() + " " + fault);
    }
    return new Issuers(
        registry,
        folder,
        signers,
        addresses,
        clock,
        new CertificateAuthority(hierarchy, keys, addresses));
  }

  private static AuthorityFolder.First first(
      Installation installation,
      AuthorityFolder folder,
      Optional<StatusAddresses> addresses,
      Instant now)
      throws StartException {
    if (folder.exists()) {
      return folder.first();
    }
    if (installation.issuingCa().isPresent()) {
      throw missing(AuthorityFolder.FIRST_ISSUING);
    }
    return folder.create(installation.trustDomain(), addresses, now);
  }

  private static StartException missing(String key) {
    return new StartException("the issuing CA's key " + key
        + " is missing: restore it from a backup; a new CA would orphan every device");
  }

  private static void adopt(Registry registry, AuthorityFolder.First first, Instant now)
      throws StartException {
    X509Certificate certificate = first.issuing();
    String fault = Chains.fault(List.of(certificate), first.roots(), now);
    if (fault != null) {
      throw new StartException("the issuing CA of " + first.issuingRef() + " " + fault);
    }
    Issuer issuing = Issuer.prepared(Role.ISSUING, certificate, List.of(), first.issuingRef(), now)
        .activated(now);
    registry.write(tx -> {
      for (X509Certificate root : first.roots()) {
        boolean own = root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        String key = own ? first.rootRef() : null;
        IssuerTable.insert(
            tx, Issuer.prepared(Role.ROOT, root, List.of(), key, now).activated(now));
      }
      IssuerTable.insert(tx, issuing);
      IssuerTable.adopt(tx, issuing.id());
      return null;
    });
  }

  /** Whose keys are kept at hand. A root's is looked for when it is needed, and not kept. */
  private static List<Issuer> issuing(Hierarchy hierarchy) {
    return hierarchy.issuers().stream()
        .filter(i -> i.role() == Role.ISSUING && i.state() != State.REVOKED)
        .toList();
  }

  /** The CAs at work: the same object for good, whatever changes. */
  CertificateAuthority authority() {
    return authority;
  }

  /** Has the listener run after each change; it must be quick and not throw. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Where certificates say that their status is told. */
  Optional<StatusAddresses> addresses() {
    return addresses;
  }

  /** Where their keys are. */
  AuthorityFolder folder() {
    return folder;
  }

  /**
   * The key of a CA, for a CRL. A root's is read each time, if it is there, and not kept; so is
   * that of an issuing CA that was revoked, which signs nothing else any more.
   *
   * @throws IllegalStateException if it is there and cannot be read
   */
  Optional<Signer> signer(Issuer issuer) {
    if (issuer.role() == Role.ISSUING && issuer.state() != State.REVOKED) {
      return authority.signer(issuer.id());
    }
    try {
      return folder.signer(issuer);
    } catch (StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * A CA by its id.
   *
   * @throws Refusal NOT_FOUND if there is none
   */
  static Issuer require(Transaction tx, String id) throws Refusal {
    return new Hierarchy(IssuerTable.all(tx.handle())).find(id).orElseThrow(() -> unknown(id));
  }

  static Refusal unknown(String id) {
    return new Refusal(
        Refusal.Kind.NOT_FOUND,
        "there is no CA '" + Printable.of(id) + "' here: see 'mintmark ca list'");
  }

  /** Records the roots to trust now and has the feed tell how the CAs stand, unless it has. */
  void tellBundle(Transaction tx, Feed feed) {
    Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
    List<X509Certificate> anchors = hierarchy.trustAnchors();
    feed.appendIfChanged(tx, hierarchy.bundle());
    BundleTable.put(
        tx,
        Bundle.fingerprint(anchors),
        hierarchy.trustedRoots().stream().map(Issuer::id).toList(),
        clock.instant());
  }

  /**
   * Changes the CAs: in one transaction their rows and, if it follows, the bundle; then it takes
   * effect here.
   *
   * @throws Refusal of the change; CONFLICT if a key or the data folder cannot be used
   */
  synchronized <T> T change(Feed feed, Change<T> change) throws Refusal {
    T answer = registry.write(tx -> {
      T changed = change.apply(tx);
      tellBundle(tx, feed);
      return changed;
    });
    try {
      reload();
      writeTrust();
    } catch (StartException e) {
      throw conflict(e);
    }
    listeners.forEach(Runnable::run);
    return answer;
  }

  private void reload() throws StartException {
    Hierarchy hierarchy = new Hierarchy(registry.read(IssuerTable::all));
    Map<String, Signer> keys = new HashMap<>();
    for (Issuer issuer : issuing(hierarchy)) {
      Optional<Signer> atHand = authority.signer(issuer.id());
      if (atHand.isEmpty()) {
        atHand = folder.signer(issuer).map(signers);
      }
      atHand.ifPresent(signer -> keys.put(issuer.id(), signer));
    }
    authority.use(hierarchy, keys);
  }

  /** For whoever looks into the key's file; the registry is what counts. */
  void keepWithKey(CaKey key, CaChain chain) {
    List<X509Certificate> all = new ArrayList<>(List.of(chain.issuing()));
    all.addAll(chain.between());
    all.add(chain.root());
    try {
      folder.certified(key, all);
    } catch (StartException e) {
      LOG.warn("the certificate was not stored with its key: {}", e.getMessage());
    }
  }

  /** Too few devices hold a root for what was asked. */
  static Refusal lacking(Issuer root, Reach found, int share, String what) {
    List<String> details = new ArrayList<>(found.missing());
    long unnamed = found.seen() - found.holding() - details.size();
    if (unnamed > 0) {
      details.add("and " + unnamed + " more");
    }
    return new Refusal(
        Refusal.Kind.CONFLICT,
        "root " + root.id() + ": " + found.describe() + ", " + share + "% must " + what
            + ": wait for those below, or use --force",
        details);
  }

  /** What is wrong with a key or its place, told to who asked for something. */
  static Refusal conflict(StartException e) {
    return new Refusal(Refusal.Kind.CONFLICT, Printable.of(e.getMessage()));
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
