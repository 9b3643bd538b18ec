package io.mintmark.broker;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All the feed has said so far, folded: what a CONNECT is judged by. Immutable; the next one is made
 * from this one and a page.
 *
 * @param feedId the registry the feed comes from; null before the first page
 * @param trustDomain the installation's trust domain; null before the first page
 * @param sequence how far the feed is read
 * @param heardAt when the service last answered; null if it never did
 * @param fleets policies by fleet id, the removed ones among them
 * @param applications policies by application name, the removed ones among them
 * @param deniedSerials denials by serial number, lower-case hex
 * @param deniedIdentities denials by SPIFFE ID
 * @param bundle the trust anchors held now, and what was ever withdrawn; null before the feed named
 *     any
 * @param offered a later bundle that is not in use, because something is wrong with it ({@link
 *     BundleCheck}); null if there is none
 * @param place what the service calls the place read to, for it alone to understand; null if it
 *     called it nothing
 * @param attributes of devices by device id, where their fleet's policy names any
 */
record FeedSnapshot(
    String feedId,
    String trustDomain,
    long sequence,
    Instant heardAt,
    Map<String, FleetPolicy> fleets,
    Map<String, ApplicationPolicy> applications,
    Map<String, Denial> deniedSerials,
    Map<String, Denial> deniedIdentities,
    Bundle bundle,
    Bundle offered,
    String place,
    Map<String, DeviceAttributes> attributes) {

  /** What a broker knows that never heard the feed: nothing, so nobody is admitted. */
  static final FeedSnapshot NONE = new FeedSnapshot(
      null, null, 0, null, Map.of(), Map.of(), Map.of(), Map.of(), null, null, null, Map.of());

  /**
   * A denied certificate that has expired is refused for that; the denial is kept a while longer, so
   * that a clock set back a little does not make it good again.
   */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(1);

  FeedSnapshot {
    fleets = Map.copyOf(fleets);
    applications = Map.copyOf(applications);
    deniedSerials = Map.copyOf(deniedSerials);
    deniedIdentities = Map.copyOf(deniedIdentities);
    // Not there in a snapshot written before there were any.
    attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
  }

  /**
   * This snapshot and the page after it. A bundle in it is offered and not in use yet: what else the
   * page says, revocations above all, must not wait for it.
   *
   * @throws IllegalArgumentException if the page is not one that can follow: of another feed, or out
   *     of order
   */
  FeedSnapshot with(FeedPage page, Instant now) {
    if (feedId != null && !feedId.equals(page.feedId())) {
      throw new IllegalArgumentException(
          "a page of feed " + page.feedId() + " after one of " + feedId);
    }
    Map<String, FleetPolicy> newFleets = new HashMap<>(fleets);
    Map<String, ApplicationPolicy> newApplications = new HashMap<>(applications);
    Map<String, Denial> serials = new HashMap<>(deniedSerials);
    Map<String, Denial> identities = new HashMap<>(deniedIdentities);
    // Copied only for a page that concerns them: there may be one for each device.
    Map<String, DeviceAttributes> newAttributes =
        page.entries().stream().anyMatch(e -> e.attributes() != null || e.fleet() != null)
            ? new HashMap<>(attributes)
            : attributes;
    Bundle newOffer = offered;
    long last = sequence;
    for (FeedEntry entry : page.entries()) {
      if (entry.sequence() <= last) {
        throw new IllegalArgumentException(
            "feed entry " + entry.sequence() + " comes after " + last + ": out of order");
      }
      last = entry.sequence();
      if (entry.fleet() != null) {
        newFleets.put(entry.fleet().fleet(), entry.fleet());
        dropUnused(entry.fleet(), newAttributes);
      } else if (entry.attributes() != null) {
        newAttributes.put(entry.attributes().device(), entry.attributes());
      } else if (entry.application() != null) {
        newApplications.put(entry.application().application(), entry.application());
      } else if (entry.denial() != null) {
        fold(entry.denial(), serials, identities);
      } else {
        newOffer = after(bundle, entry.bundle());
      }
    }
    // Nothing more came although there is a later head: what was in between is gone, pass over it.
    long reached = page.entries().isEmpty() ? Math.max(last, page.head()) : last;
    return new FeedSnapshot(
        page.feedId(),
        page.trustDomain(),
        reached,
        now,
        newFleets,
        newApplications,
        serials,
        identities,
        bundle,
        newOffer,
        page.place(),
        newAttributes);
  }

  /** Once a policy names no attributes any more, nobody needs them, nor tells when they change. */
  private static void dropUnused(FleetPolicy policy, Map<String, DeviceAttributes> attributes) {
    if (policy.topics().attributeNames().isEmpty()) {
      attributes.values().removeIf(a -> a.fleet().equals(policy.fleet()));
    }
  }

  /**
   * The same without the denials of certificates that expired a day ago or longer.
   *
   * @param now by a clock that can be relied on: what is forgotten does not come back
   */
  FeedSnapshot forgetting(Instant now) {
    Instant before = now.minus(KEPT_AFTER_EXPIRY);
    Map<String, Denial> serials = new HashMap<>(deniedSerials);
    if (!serials.values().removeIf(d -> d.until() != null && d.until().isBefore(before))) {
      return this;
    }
    return new FeedSnapshot(
        feedId,
        trustDomain,
        sequence,
        heardAt,
        fleets,
        applications,
        serials,
        deniedIdentities,
        bundle,
        offered,
        place,
        attributes);
  }

  /** The next bundle; CAs only ever go forward, so what was withdrawn once stays so. */
  private static Bundle after(Bundle before, Bundle next) {
    return before == null
        ? next
        : new Bundle(
            next.pem(),
            next.issuing(),
            union(before.retired(), next.retired()),
            union(before.revoked(), next.revoked()));
  }

  private static List<String> union(List<String> before, List<String> next) {
    return Stream.concat(before.stream(), next.stream()).distinct().sorted().toList();
  }

  /** The same with the offered bundle in use. */
  FeedSnapshot withOffered() {
    return new FeedSnapshot(
        feedId,
        trustDomain,
        sequence,
        heardAt,
        fleets,
        applications,
        deniedSerials,
        deniedIdentities,
        offered,
        null,
        place,
        attributes);
  }

  private static void fold(
      Denial denial, Map<String, Denial> serials, Map<String, Denial> identities) {
    Map<String, Denial> denials = denial.scope() == Denial.Scope.SERIAL ? serials : identities;
    if (denial.lifted()) {
      denials.remove(denial.subject());
    } else {
      denials.put(denial.subject(), denial);
    }
  }

  /**
   * Where reading starts when the feed must be read again from its beginning: only the denials and
   * the bundle are taken along, for a registry that lost some (restored from an old backup, say) must not make
   * revoked devices good again.
   */
  FeedSnapshot onlyDenials() {
    return new FeedSnapshot(
        null,
        null,
        0,
        heardAt,
        Map.of(),
        Map.of(),
        deniedSerials,
        deniedIdentities,
        bundle,
        null,
        null,
        Map.of());
  }

  /** Whether the two say the same, whenever each was heard. */
  boolean saysTheSameAs(FeedSnapshot other) {
    return heardAt(null).equals(other.heardAt(null));
  }

  private FeedSnapshot heardAt(Instant instant) {
    return new FeedSnapshot(
        feedId,
        trustDomain,
        sequence,
        instant,
        fleets,
        applications,
        deniedSerials,
        deniedIdentities,
        bundle,
        offered,
        place,
        attributes);
  }

  /**
   * Whether it was heard longer ago than that. A time ahead of ours means that one of the clocks is
   * wrong; what is fresh cannot be told then, so as far ahead counts as old.
   *
   * @throws NullPointerException if it was never heard
   */
  boolean isOlderThan(Duration longest, Instant now) {
    return Duration.between(heardAt, now).abs().compareTo(longest) > 0;
  }

  /** The fleet's policy; empty if there is no such fleet, or no longer. */
  Optional<FleetPolicy> fleet(FleetId fleet) {
    return Optional.ofNullable(fleets.get(fleet.value())).filter(f -> !f.removed());
  }

  /** The application's policy; empty if there is no such application, or no longer. */
  Optional<ApplicationPolicy> application(String name) {
    return Optional.ofNullable(applications.get(name)).filter(a -> !a.removed());
  }

  /** The attributes of a device that its fleet's policy names; empty if it has none. */
  Map<String, String> attributes(Identity.Device device) {
    DeviceAttributes found = attributes.get(device.device().value());
    return found == null || !found.fleet().equals(device.fleet().value())
        ? Map.of()
        : found.values();
  }

  /** The first of these CAs that was revoked, empty if none was. */
  Optional<String> revokedAmong(List<String> issuers) {
    return bundle == null
        ? Optional.empty()
        : issuers.stream().filter(bundle.revoked()::contains).findFirst();
  }

  /** The denial of this certificate, empty if there is none. */
  Optional<Denial> denialOfSerial(String serial) {
    return Optional.ofNullable(deniedSerials.get(serial));
  }

  /** The denial of this identity, empty if there is none. */
  Optional<Denial> denialOfIdentity(Identity identity) {
    return Optional.ofNullable(deniedIdentities.get(identity.spiffeId()));
  }
}
