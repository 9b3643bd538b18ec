package io.mintmark.provisioning.ca;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Issued;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The CAs of the installation at one moment and what follows from their states: whom to trust, whose
 * certificates count, what to show. Immutable; a change makes another.
 */
public final class Hierarchy {

  private final List<Issuer> issuers;
  private final Map<String, Issuer> roots = new HashMap<>();
  private final Issuer active;
  private final List<X509Certificate> trustAnchors;
  private final List<X509Certificate> accepted;

  /**
   * @param issuers all there are, in the order they became known
   * @throws IllegalArgumentException if not exactly one issuing CA is active
   */
  public Hierarchy(List<Issuer> issuers) {
    this.issuers = List.copyOf(issuers);
    List<Issuer> signing = issuers.stream()
        .filter(i -> i.role() == Role.ISSUING && i.state() == State.ACTIVE)
        .toList();
    if (signing.size() != 1) {
      throw new IllegalArgumentException(
          "there are " + signing.size() + " active issuing CAs in place of one");
    }
    active = signing.get(0);
    for (Issuer issuer : issuers) {
      if (issuer.role() == Role.ISSUING) {
        X509Certificate top = top(issuer);
        issuers.stream()
            .filter(root -> root.role() == Role.ROOT && Issued.by(top, root.certificate()))
            .findFirst()
            .ifPresent(root -> roots.put(issuer.id(), root));
      }
    }
    trustAnchors =
        issuers.stream().filter(Hierarchy::isTrusted).map(Issuer::certificate).toList();
    List<X509Certificate> counting = new ArrayList<>(List.of(active.certificate()));
    issuers.stream()
        .filter(i -> accepts(i) && !i.equals(active))
        .map(Issuer::certificate)
        .forEach(counting::add);
    accepted = List.copyOf(counting);
  }

  /** All, in the order they became known. */
  public List<Issuer> issuers() {
    return issuers;
  }

  /** The issuing CA that signs. */
  public Issuer active() {
    return active;
  }

  /**
   * One of them.
   *
   * @param keyId its id, or the subjectKeyIdentifier of its certificate, in hex; colons and upper
   *     case do no harm
   */
  public Optional<Issuer> find(String keyId) {
    String wanted = keyId.replace(":", "").toLowerCase(Locale.ROOT);
    Optional<Issuer> byId = issuers.stream().filter(i -> i.id().equals(wanted)).findFirst();
    return byId.isPresent()
        ? byId
        : issuers.stream()
            .filter(
                i -> HexFormat.of().formatHex(KeyIds.subject(i.certificate())).equals(wanted))
            .findFirst();
  }

  /** The root above an issuing CA, whatever its state; empty if it is not known here. */
  public Optional<Issuer> rootOf(Issuer issuing) {
    return Optional.ofNullable(roots.get(issuing.id()));
  }

  /** Whether certificates are signed with it, or below it. */
  public boolean isInUse(Issuer issuer) {
    return issuer.equals(active) || rootOf(active).filter(issuer::equals).isPresent();
  }

  /** What everybody should trust: the roots that are neither retired nor revoked. */
  public List<X509Certificate> trustAnchors() {
    return trustAnchors;
  }

  /** What the brokers are told. */
  public Bundle bundle() {
    return new Bundle(
        Pem.encode(trustAnchors),
        active.id(),
        ids(i -> i.role() == Role.ROOT && i.state() == State.RETIRED),
        ids(i -> i.state() == State.REVOKED));
  }

  private List<String> ids(Predicate<Issuer> which) {
    return issuers.stream().filter(which).map(Issuer::id).sorted().toList();
  }

  /** The root that signs issuing CAs: of the active ones the one that was activated last. */
  public Issuer signingRoot() {
    return issuers.stream()
        .filter(i -> i.role() == Role.ROOT && i.state() == State.ACTIVE)
        .reduce((a, b) -> b.activatedAt().isBefore(a.activatedAt()) ? a : b)
        .orElseThrow(() -> new IllegalStateException("there is no active root"));
  }

  /** The roots of {@link #trustAnchors}. */
  public List<Issuer> trustedRoots() {
    return issuers.stream().filter(Hierarchy::isTrusted).toList();
  }

  /** The issuing CAs whose certificates count, the active one first. */
  public List<X509Certificate> accepted() {
    return accepted;
  }

  /** Whether what this issuing CA signed counts: not revoked, nor its root, which is trusted still. */
  public boolean accepts(Issuer issuing) {
    return issuing.role() == Role.ISSUING
        && issuing.hasIssued()
        && rootOf(issuing).filter(Hierarchy::isTrusted).isPresent();
  }

  /**
   * A certificate and those above it, without the root: what its holder shows in TLS. Of a root that
   * followed another its certificate by the one before comes last, for those who trust only that: who
   * was away while it changed, or has its first root built in, comes back by it.
   */
  public List<X509Certificate> chain(X509Certificate leaf) {
    Issuer issuer = issuers.stream()
        .filter(i -> i.role() == Role.ISSUING && isNamedBy(leaf, i.certificate()))
        .findFirst()
        .orElse(active);
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf, issuer.certificate()));
    chain.addAll(issuer.others());
    rootOf(issuer).stream()
        .flatMap(root -> crossCertificates(root).stream()
            .filter(cross -> cross.getPublicKey().equals(root.certificate().getPublicKey())))
        .forEach(chain::add);
    return chain;
  }

  /**
   * Everything that helps to build a path, for {@code /cacerts} (RFC 7030, section 4.1.3): the
   * roots, during a change of roots the cross certificates (RFC 4210, section 4.4), then the issuing
   * CAs whose certificates count.
   */
  public List<X509Certificate> all() {
    Set<X509Certificate> all = new LinkedHashSet<>(trustAnchors);
    trustedRoots().forEach(root -> all.addAll(crossCertificates(root)));
    for (Issuer issuer : issuers) {
      if (issuer.equals(active) || accepts(issuer)) {
        all.add(issuer.certificate());
        all.addAll(issuer.others());
      }
    }
    return List.copyOf(all);
  }

  /**
   * Those kept with this root that lead to a root that is trusted, from one that is or was. A root
   * that was revoked leads nowhere: whoever has its key could lead as well.
   */
  private List<X509Certificate> crossCertificates(Issuer root) {
    return root.others().stream()
        .filter(cross -> issuers.stream()
            .filter(i -> i.role() == Role.ROOT && i.state() != State.REVOKED)
            .map(Issuer::certificate)
            .anyMatch(a -> a.getSubjectX500Principal().equals(cross.getIssuerX500Principal())))
        .filter(cross -> trustAnchors.stream()
            .anyMatch(a -> a.getSubjectX500Principal().equals(cross.getSubjectX500Principal())))
        .toList();
  }

  private static boolean isTrusted(Issuer issuer) {
    return issuer.role() == Role.ROOT
        && (issuer.state() == State.PREPARED || issuer.state() == State.ACTIVE);
  }

  /** The last below the root. */
  private static X509Certificate top(Issuer issuing) {
    return issuing.others().isEmpty()
        ? issuing.certificate()
        : issuing.others().get(issuing.others().size() - 1);
  }

  private static boolean isNamedBy(X509Certificate leaf, X509Certificate ca) {
    return leaf.getIssuerX500Principal().equals(ca.getSubjectX500Principal())
        && Arrays.equals(KeyIds.authority(leaf), KeyIds.subject(ca));
  }
}
