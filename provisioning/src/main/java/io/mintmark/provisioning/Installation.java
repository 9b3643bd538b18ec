package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.SettingsTable;
import io.mintmark.provisioning.sql.Transaction;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** What is decided at the first start and never changes. */
final class Installation {

  private static final TrustDomain DEFAULT = new TrustDomain("mintmark.local");

  private static final int KEY_BYTES = 32;

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final String feedId;
  private final String feedKey;

  private Installation(Registry registry, TrustDomain trustDomain, String feedId, String feedKey) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.feedId = feedId;
    this.feedKey = feedKey;
  }

  /**
   * The installation of a registry, decided now if the registry is new.
   *
   * @param wanted the trust domain it should have, or null for any
   * @throws StartException if it has another
   */
  static Installation open(Registry registry, TrustDomain wanted) throws StartException {
    TrustDomain first = wanted == null ? DEFAULT : wanted;
    Installation installation = registry.write(tx -> new Installation(
        registry,
        new TrustDomain(findOrSet(tx, SettingsTable.TRUST_DOMAIN, first.name())),
        findOrSet(tx, SettingsTable.FEED_ID, UUID.randomUUID().toString()),
        findOrSet(tx, SettingsTable.FEED_KEY, newKey())));
    if (wanted != null && !wanted.equals(installation.trustDomain)) {
      throw new StartException("the data folder is of trust domain '"
          + installation.trustDomain
          + "', not '"
          + wanted
          + "': a trust domain cannot be changed, use another data folder");
    }
    return installation;
  }

  private static String findOrSet(Transaction tx, String name, String value) {
    Optional<String> found = SettingsTable.find(tx.handle(), name);
    if (found.isEmpty()) {
      SettingsTable.insert(tx, name, value);
    }
    return found.orElse(value);
  }

  TrustDomain trustDomain() {
    return trustDomain;
  }

  String feedId() {
    return feedId;
  }

  /** Seals the places brokers are told, hex; a secret. */
  String feedKey() {
    return feedKey;
  }

  private static String newKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  /** SHA-256 of the first issuing CA; empty before there is one. */
  Optional<String> issuingCa() {
    return registry.read(h -> SettingsTable.find(h, SettingsTable.ISSUING_CA));
  }

  /** Remembers that the CA was made: it is never made anew. */
  void keepIssuingCa(X509Certificate issuing, Instant now) {
    if (issuingCa().isPresent()) {
      return;
    }
    String fingerprint = Pem.fingerprint(Issuance.der(issuing));
    registry.write(tx -> {
      SettingsTable.insert(tx, SettingsTable.ISSUING_CA, fingerprint);
      AuditTable.insert(
          tx,
          now,
          AuditLog.SYSTEM,
          "installation.created",
          trustDomain.name(),
          "issuing CA sha256 " + fingerprint);
      return null;
    });
  }
}
