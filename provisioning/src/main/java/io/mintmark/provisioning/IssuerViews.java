package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What operators see of the CAs, ready for JSON. Thread-safe. */
public final class IssuerViews {

  /** Where a CA's private key is. */
  public enum KeyPlace implements Worded {
    /** Where the registry says. */
    HERE,
    /** Made here, and taken away: a root's may be. */
    AWAY,
    /** Somebody else's. */
    FOREIGN
  }

  /**
   * A CA.
   *
   * @param id its id
   * @param role what it signs
   * @param state where it stands
   * @param key where its private key is
   * @param notAfter last moment of validity
   * @param root the id of the root above an issuing CA, or null
   * @param subject its name
   * @param details null in a list
   */
  public record IssuerView(
      String id,
      Issuer.Role role,
      Issuer.State state,
      KeyPlace key,
      Instant notAfter,
      String root,
      String subject,
      IssuerDetails details) {}

  /**
   * More of a CA.
   *
   * @param keyRef where its key was put; null if it is somebody else's
   * @param createdAt when it became known
   * @param activatedAt when it was activated, or null
   * @param retiredAt when it was retired or revoked, or null
   * @param reason why it was revoked, as RFC 5280 spells it; null if it was not, or nobody knows
   * @param liveCertificates how many certificates it signed that are good now
   * @param reach of a root, how many devices hold it; null of an issuing CA
   * @param pem its certificate, then those that go with it
   */
  public record IssuerDetails(
      String keyRef,
      Instant createdAt,
      Instant activatedAt,
      Instant retiredAt,
      String reason,
      long liveCertificates,
      String reach,
      String pem) {}

  private final Registry registry;
  private final Issuers issuers;
  private final BundleReach reach;
  private final Clock clock;

  IssuerViews(Registry registry, Issuers issuers, BundleReach reach, Clock clock) {
    this.registry = registry;
    this.issuers = issuers;
    this.reach = reach;
    this.clock = clock;
  }

  /** All, in the order they became known. */
  public List<IssuerView> list() {
    Hierarchy hierarchy = issuers.authority().hierarchy();
    return hierarchy.issuers().stream()
        .map(issuer -> view(hierarchy, issuer, null))
        .toList();
  }

  /**
   * One of them.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public IssuerView find(String id) throws Refusal {
    Hierarchy hierarchy = issuers.authority().hierarchy();
    Issuer issuer = hierarchy.find(id).orElseThrow(() -> Issuers.unknown(id));
    List<X509Certificate> certificates = new ArrayList<>(List.of(issuer.certificate()));
    certificates.addAll(issuer.others());
    long live = registry.read(h -> CertificateTable.liveOf(h, issuer.id(), clock.instant()));
    return view(
        hierarchy,
        issuer,
        new IssuerDetails(
            issuer.keyRef(),
            issuer.createdAt(),
            issuer.activatedAt(),
            issuer.retiredAt(),
            issuer.reason() == null ? null : issuer.reason().word(),
            live,
            issuer.role() == Issuer.Role.ROOT
                ? registry.read(h -> reach.of(h, issuer.id())).describe()
                : null,
            Pem.encode(certificates)));
  }

  private IssuerView view(Hierarchy hierarchy, Issuer issuer, IssuerDetails details) {
    return new IssuerView(
        issuer.id(),
        issuer.role(),
        issuer.state(),
        place(issuer),
        Validity.of(issuer.certificate()).notAfter(),
        hierarchy.rootOf(issuer).map(Issuer::id).orElse(null),
        Printable.of(issuer.certificate().getSubjectX500Principal().getName()),
        details);
  }

  private KeyPlace place(Issuer issuer) {
    if (issuer.keyRef() == null) {
      return KeyPlace.FOREIGN;
    }
    return issuers.folder().holds(issuer.keyRef()) ? KeyPlace.HERE : KeyPlace.AWAY;
  }
}
