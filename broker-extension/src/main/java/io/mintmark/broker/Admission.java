package io.mintmark.broker;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * The rules of admission, apart from HiveMQ: who a certificate is, whether it may be used now, and
 * what it is granted. Thread-safe; asks nothing but the snapshot in force and the clock.
 *
 * <p>Two questions, because the session is registered between them ({@link
 * CertificateAuthenticator}): {@link #identify} needs no denials, {@link #grants} reads them.
 */
final class Admission {

  private final Supplier<FeedSnapshot> feed;
  private final TrustDomain own;
  private final Duration maxStaleness;
  private final Clock clock;

  /** Of those the feed names, each once. */
  private final ConcurrentMap<FleetId, FleetId> fleets = new ConcurrentHashMap<>();

  Admission(Supplier<FeedSnapshot> feed, TrustDomain own, Duration maxStaleness, Clock clock) {
    this.feed = feed;
    this.own = own;
    this.maxStaleness = maxStaleness;
    this.clock = clock;
  }

  /**
   * Who connects.
   *
   * @param certificate the one that opened the TLS session, its chain validated
   * @throws RefusedException if it stands for nobody who may connect under this client id, or for
   *     nobody at all while the feed is not heard
   */
  Identity identify(X509Certificate certificate, String clientId) throws RefusedException {
    Instant now = clock.instant();
    Identity identity;
    try {
      identity = Identity.of(certificate);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.NO_IDENTITY, e.getMessage());
    }
    if (!identity.trustDomain().equals(own)) {
      throw new RefusedException(Refusal.FOREIGN_TRUST_DOMAIN, "this broker is of " + own);
    }
    if (identity instanceof Identity.Broker) {
      throw new RefusedException(Refusal.NOT_A_CLIENT, "a broker's certificate");
    }
    // Asked again at each CONNECT: a resumed TLS session shows a certificate checked days ago.
    Validity validity = Validity.of(certificate);
    if (!validity.contains(now)) {
      throw new RefusedException(
          Refusal.EXPIRED, "valid " + validity.notBefore() + " to " + validity.notAfter());
    }
    FeedSnapshot snapshot = feed.get();
    requireFresh(snapshot, now);
    requireClientId(snapshot, identity, clientId);
    return lean(identity, clientId);
  }

  /** The same with names in memory once that are there anyhow: it is kept for each session. */
  private Identity lean(Identity identity, String clientId) {
    if (identity instanceof Identity.Device device) {
      FleetId fleet = fleets.computeIfAbsent(device.fleet(), known -> known);
      boolean named = device.name().equals(clientId);
      return new Identity.Device(own, fleet, named ? new DeviceId(clientId) : device.device());
    }
    return new Identity.Application(own, identity.name());
  }

  /**
   * What the identity is granted; to be asked after the session is registered.
   *
   * @param serial the certificate's serial number, lower-case hex
   * @param issuers the CAs it rests on, as of {@link ChainCheck}
   * @throws RefusedException if the certificate or the identity is denied, a CA was revoked, nobody
   *     knows the identity, or its policy cannot be applied to it
   */
  Granted grants(Identity identity, String serial, List<String> issuers) throws RefusedException {
    FeedSnapshot snapshot = feed.get();
    Optional<RefusedException> objection = objection(snapshot, identity, serial, issuers);
    if (objection.isPresent()) {
      throw objection.get();
    }
    return Granted.of(
        policy(snapshot, identity).orElse(TopicGrants.NONE),
        attributes(snapshot, identity),
        identity);
  }

  /**
   * Why an identity may not be here by this snapshot, at CONNECT or later; empty if it may. From the
   * widest reason to the narrowest: a retired device's certificates are revoked too, and that it was
   * retired says more.
   */
  static Optional<RefusedException> objection(
      FeedSnapshot snapshot, Identity identity, String serial, List<String> issuers) {
    Optional<String> revoked = snapshot.revokedAmong(issuers);
    if (revoked.isPresent()) {
      return refused(Refusal.REVOKED_ISSUER, "CA " + revoked.get() + " was revoked");
    }
    Optional<RefusedException> noPolicy = noPolicy(snapshot, identity);
    if (noPolicy.isPresent()) {
      return noPolicy;
    }
    Optional<Denial> denial = snapshot.denialOfIdentity(identity);
    if (denial.isEmpty()) {
      denial = snapshot.denialOfSerial(serial);
    }
    return denial.flatMap(found -> refused(Refusal.of(found), found.reason()));
  }

  private static Optional<RefusedException> noPolicy(FeedSnapshot snapshot, Identity identity) {
    if (policy(snapshot, identity).isPresent()) {
      return Optional.empty();
    }
    if (identity instanceof Identity.Device device) {
      return snapshot.fleets().containsKey(device.fleet().value())
          ? refused(Refusal.REMOVED_FLEET, "the feed says that the fleet was removed")
          : refused(Refusal.UNKNOWN_FLEET, "the feed names no such policy");
    }
    return snapshot.applications().containsKey(identity.name())
        ? refused(Refusal.REMOVED_APPLICATION, "the feed says that the application was removed")
        : refused(Refusal.UNKNOWN_APPLICATION, "the feed names no such policy");
  }

  private static Optional<RefusedException> refused(Refusal refusal, String detail) {
    return Optional.of(new RefusedException(refusal, Printable.of(detail)));
  }

  /** The policy of its fleet or application, unresolved; empty if there is none, or no longer. */
  static Optional<TopicGrants> policy(FeedSnapshot snapshot, Identity identity) {
    if (identity instanceof Identity.Device device) {
      return snapshot.fleet(device.fleet()).map(FleetPolicy::topics);
    }
    return snapshot.application(identity.name()).map(ApplicationPolicy::topics);
  }

  /** What its policy may put into topics beside its names. */
  static Map<String, String> attributes(FeedSnapshot snapshot, Identity identity) {
    return identity instanceof Identity.Device device ? snapshot.attributes(device) : Map.of();
  }

  private void requireFresh(FeedSnapshot snapshot, Instant now) throws RefusedException {
    if (snapshot.heardAt() == null) {
      throw new RefusedException(Refusal.FEED_NEVER_HEARD, "no snapshot");
    }
    if (snapshot.isOlderThan(maxStaleness, now)) {
      throw new RefusedException(
          Refusal.FEED_STALE, "last heard " + snapshot.heardAt() + ", it is " + now);
    }
  }

  private static void requireClientId(FeedSnapshot snapshot, Identity identity, String clientId)
      throws RefusedException {
    ClientIdPattern pattern = ClientIdPattern.EXACT;
    if (identity instanceof Identity.Device device) {
      Optional<FleetPolicy> fleet = snapshot.fleet(device.fleet());
      if (fleet.isEmpty()) {
        throw noPolicy(snapshot, identity).orElseThrow();
      }
      pattern = new ClientIdPattern(fleet.get().clientId());
      // An application and a device of one name would share one MQTT session, and the device would
      // find the application's subscriptions and queued messages in it.
      if (snapshot.applications().containsKey(clientId)) {
        throw new RefusedException(
            Refusal.CLIENT_ID, "'" + clientId + "' is the client id of an application");
      }
    }
    if (!pattern.permits(identity, clientId)) {
      throw new RefusedException(
          Refusal.CLIENT_ID,
          "'" + Printable.of(clientId) + "' does not match " + pattern.template());
    }
  }
}
