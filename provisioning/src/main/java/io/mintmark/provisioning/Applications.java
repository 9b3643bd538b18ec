package io.mintmark.provisioning;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.sql.ApplicationTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The backends that read telemetry and send commands. Thread-safe. */
public final class Applications {

  static final CertificateProfile PROFILE = new CertificateProfile(
      CertificateProfile.Kind.APPLICATION, Duration.ofDays(30), Duration.ofMinutes(5));

  /**
   * One application, ready for JSON.
   *
   * @param name its name
   * @param publish what it may publish, as of {@link GrantForm}
   * @param subscribe what it may subscribe to, likewise
   */
  public record ApplicationView(String name, List<?> publish, List<?> subscribe) {}

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Issuance issuance;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  Applications(
      Registry registry,
      TrustDomain trustDomain,
      Issuance issuance,
      Feed feed,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.issuance = issuance;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Creates an application or replaces what it may do.
   *
   * @throws Refusal INVALID if the name is outside the grammar or a filter names an unknown variable
   */
  public void define(String name, TopicGrants topics, String actor) throws Refusal {
    Identity identity = identity(name);
    try {
      topics.resolve(identity);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
    registry.write(tx -> {
      TopicGrants before = ApplicationTable.find(tx.handle(), name).orElse(null);
      if (!topics.equals(before)) {
        ApplicationTable.put(tx, name, topics, clock.instant());
        feed.append(tx, new ApplicationPolicy(name, topics, false));
        audit.add(
            tx,
            actor,
            before == null ? "application.created" : "application.changed",
            name,
            "publish " + topics.publishGrants() + ", subscribe " + topics.subscribeGrants());
      }
      return null;
    });
  }

  /**
   * A certificate for an application; idempotent on its name and key.
   *
   * @throws Refusal NOT_FOUND for an unknown application, INVALID if the request contradicts its
   *     identity
   */
  public X509Certificate certify(String name, SigningRequest request, String actor) throws Refusal {
    Identity identity = identity(name);
    CertifiedNames names = CertifiedNames.of(identity);
    RequestedNames.check(request, names);
    return issuance.issue(
        new Issuance.Order(identity.spiffeId(), names, PROFILE, request.publicKey()),
        tx -> requireKnown(tx, name),
        (tx, issued) -> audit.add(
            tx,
            actor,
            "application.certified",
            name,
            "serial " + issued.getSerialNumber().toString(16)));
  }

  private static void requireKnown(Transaction tx, String name) throws Refusal {
    if (ApplicationTable.find(tx.handle(), name).isEmpty()) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND, "application '" + name + "' is not known: define it first");
    }
  }

  /** All applications by name. */
  public List<ApplicationView> list() {
    return registry.read(h -> ApplicationTable.all(h).stream()
        .map(a -> new ApplicationView(
            a.getKey(), GrantForm.publish(a.getValue()), GrantForm.subscribe(a.getValue())))
        .toList());
  }

  private Identity identity(String name) throws Refusal {
    try {
      return new Identity.Application(trustDomain, name);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }
}
