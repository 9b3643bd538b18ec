package io.mintmark.provisioning;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.presence.Presence;
import io.mintmark.provisioning.presence.Presence.ConnectionView;
import io.mintmark.provisioning.revocation.CertificateEnd;
import io.mintmark.provisioning.sql.ApplicationTable;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.PresenceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
   * @param presence whether it is connected
   * @param lastSeen when it was connected last, as far as reported; null if it never was
   * @param connections those there are or the last one
   */
  public record ApplicationView(
      String name,
      List<?> publish,
      List<?> subscribe,
      Presence.State presence,
      Instant lastSeen,
      List<ConnectionView> connections) {}

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
   * A certificate for an application; idempotent on its name and key. Those it has stay good: several
   * processes may share one name.
   *
   * @throws Refusal NOT_FOUND for an unknown application, INVALID if the request contradicts its
   *     identity
   */
  public X509Certificate certify(String name, SigningRequest request, String actor) throws Refusal {
    return issue(name, request, null, actor);
  }

  /**
   * The same in place of one it has, as if that had been renewed: it is superseded once the new one
   * was seen in use.
   *
   * @throws Refusal as of {@link #certify}; INVALID, too, if there is no such certificate of this
   *     application
   */
  public X509Certificate replace(
      String name, BigInteger replaced, SigningRequest request, String actor) throws Refusal {
    return issue(name, request, replaced, actor);
  }

  private X509Certificate issue(
      String name, SigningRequest request, BigInteger replacedOrNull, String actor) throws Refusal {
    Identity identity = identity(name);
    CertifiedNames names = CertifiedNames.of(identity);
    RequestedNames.check(request, names);
    return issuance.issue(
        new Issuance.Order(identity.spiffeId(), names, PROFILE, request.publicKey()),
        tx -> {
          requireKnown(tx, name);
          requireOf(tx, identity, replacedOrNull);
        },
        (tx, issued) -> {
          String detail = "serial " + issued.getSerialNumber().toString(16);
          if (replacedOrNull != null) {
            CertificateTable.renewedFrom(tx, issued.getSerialNumber(), replacedOrNull);
            detail += " in place of " + replacedOrNull.toString(16);
          }
          audit.add(tx, actor, "application.certified", name, detail);
        });
  }

  private static void requireOf(Transaction tx, Identity identity, BigInteger serialOrNull)
      throws Refusal {
    if (serialOrNull != null
        && CertificateTable.find(tx.handle(), serialOrNull)
            .filter(c -> c.identity().equals(identity.spiffeId()))
            .isEmpty()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "certificate " + serialOrNull.toString(16) + " is none of " + identity.spiffeId()
              + ": there is nothing to replace; name another file, or delete it");
    }
  }

  private static void requireKnown(Transaction tx, String name) throws Refusal {
    if (ApplicationTable.find(tx.handle(), name).isEmpty()) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND, "application '" + name + "' is not known: define it first");
    }
  }

  /**
   * Removes an application for good: its certificates are revoked, so that one defined later under
   * its name is another.
   *
   * @param force whatever certificates it has
   * @return how many certificates were revoked
   * @throws Refusal NOT_FOUND for an unknown application; CONFLICT if it has certificates that are
   *     still good, saying how many
   */
  public int remove(String name, boolean force, String actor) throws Refusal {
    Identity identity = identity(name);
    return registry.write(tx -> {
      requireKnown(tx, name);
      Instant now = clock.instant();
      List<CertificateRecord> live = CertificateTable.live(tx.handle(), identity.spiffeId(), now);
      if (!live.isEmpty() && !force) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "application '" + name + "' has " + live.size()
                + (live.size() == 1 ? " certificate" : " certificates")
                + " still good: use --force, which revokes them");
      }
      ApplicationTable.delete(tx, name);
      feed.append(tx, new ApplicationPolicy(name, TopicGrants.NONE, true));
      new CertificateEnd(feed).revoke(tx, live, RevocationReason.CESSATION_OF_OPERATION, now);
      audit.add(tx, actor, "application.removed", name, "certificates revoked " + live.size());
      return live.size();
    });
  }

  /** All applications by name. */
  public List<ApplicationView> list() {
    return registry.read(h -> {
      List<Map.Entry<String, TopicGrants>> all = ApplicationTable.all(h);
      Map<String, Presence> presences = PresenceTable.find(
          h, all.stream().map(a -> spiffeId(a.getKey())).toList(), clock.instant());
      return all.stream()
          .map(a -> view(
              a.getKey(),
              a.getValue(),
              presences.getOrDefault(spiffeId(a.getKey()), Presence.NEVER)))
          .toList();
    });
  }

  /**
   * One application.
   *
   * @throws Refusal NOT_FOUND if there is none of this name
   */
  public ApplicationView find(String name) throws Refusal {
    return list().stream()
        .filter(a -> a.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new Refusal(Refusal.Kind.NOT_FOUND, "application '" + name + "' is not known"));
  }

  private static ApplicationView view(String name, TopicGrants topics, Presence presence) {
    return new ApplicationView(
        name,
        GrantForm.publish(topics),
        GrantForm.subscribe(topics),
        presence.state(),
        presence.lastSeen(),
        presence.connections());
  }

  private String spiffeId(String name) {
    return new Identity.Application(trustDomain, name).spiffeId();
  }

  private Identity identity(String name) throws Refusal {
    try {
      return new Identity.Application(trustDomain, name);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }
}
