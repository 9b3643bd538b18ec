package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Printable;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.EnrolmentPolicy;
import io.mintmark.provisioning.Fleet;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.RunTable;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The CAs factories sign bootstrap certificates with: those fleets name, and those between them and a
 * device that enrolled. Known by their keys' identifiers. Thread-safe.
 */
public final class FactoryCas {

  /**
   * A factory CA, ready for JSON.
   *
   * @param id its key's identifier, lower-case hex
   * @param state {@code trusted}, {@code revoked}, or {@code not named} by any fleet any more, or
   *     ever: one between a factory CA and its devices
   * @param fleets those that name it
   * @param certificates how many live certificates came of bootstrap certificates below it
   * @param revokedAt when it was revoked, or null
   * @param reason why, or null
   * @param subject its name; null of one no fleet names
   */
  public record View(
      String id,
      String state,
      String fleets,
      long certificates,
      Instant revokedAt,
      String reason,
      String subject) {}

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Clock clock;

  /** Those of this registry. */
  public FactoryCas(Registry registry, TrustDomain trustDomain, Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.clock = clock;
  }

  /** All of them: those that fleets name first. */
  public List<View> list() {
    return registry.read(h -> {
      Map<String, Long> live = CertificateTable.liveByFactoryCa(h, clock.instant());
      Map<String, String> subjects = new LinkedHashMap<>();
      Map<String, List<String>> fleets = new LinkedHashMap<>();
      for (Fleet fleet : FleetTable.all(h)) {
        for (X509Certificate ca : fleet.factoryCas()) {
          String id = KeyIds.hex(ca.getPublicKey());
          subjects.put(id, Printable.of(ca.getSubjectX500Principal().getName()));
          List<String> of = fleets.computeIfAbsent(id, k -> new ArrayList<>());
          if (!of.contains(fleet.id().value())) {
            of.add(fleet.id().value());
          }
        }
      }
      live.keySet().forEach(id -> fleets.putIfAbsent(id, List.of()));
      RunTable.revokedFactoryCas(h).forEach(id -> fleets.putIfAbsent(id, List.of()));
      return fleets.entrySet().stream()
          .map(e -> view(h, e.getKey(), e.getValue(), live.getOrDefault(e.getKey(), 0L), subjects))
          .toList();
    });
  }

  private static View view(
      Handle handle, String id, List<String> fleets, long live, Map<String, String> subjects) {
    Optional<RevocationRun> revoked = RunTable.ofFactoryCa(handle, List.of(id));
    String state = fleets.isEmpty() ? "not named" : "trusted";
    return new View(
        id,
        revoked.isPresent() ? "revoked" : state,
        String.join(",", fleets),
        live,
        revoked.map(RevocationRun::startedAt).orElse(null),
        revoked.map(RevocationRun::reason).orElse(null),
        subjects.get(id));
  }

  /**
   * The id of a factory CA.
   *
   * @param text its key's identifier in hex; by our method, or as a fleet's factory CA has it in its
   *     own certificate
   * @throws Refusal NOT_FOUND if no fleet names it and no device came of it
   */
  String require(Handle handle, String text) throws Refusal {
    String wanted = text.replace(":", "").toLowerCase(Locale.ROOT);
    for (Fleet fleet : FleetTable.all(handle)) {
      for (X509Certificate ca : fleet.factoryCas()) {
        String id = KeyIds.hex(ca.getPublicKey());
        if (id.equals(wanted) || HexFormat.of().formatHex(KeyIds.subject(ca)).equals(wanted)) {
          return id;
        }
      }
    }
    if (CertificateTable.cameOf(handle, wanted)
        || RunTable.ofFactoryCa(handle, List.of(wanted)).isPresent()) {
      return wanted;
    }
    throw new Refusal(
        Refusal.Kind.NOT_FOUND,
        "factory CA '" + Printable.of(text) + "' is not known: see 'mintmark factory-ca list'");
  }

  /**
   * How the identities of those begin that may have come of it, where nobody wrote down what they
   * came of: all devices of fleets that name it.
   */
  List<String> identityPrefixes(Handle handle, String id) {
    return FleetTable.all(handle).stream()
        .filter(fleet -> fleet.enrolment().mode() != EnrolmentPolicy.Mode.CLAIM)
        .filter(fleet -> fleet.factoryCas().stream()
            .anyMatch(ca -> KeyIds.hex(ca.getPublicKey()).equals(id)))
        .map(fleet -> "spiffe://" + trustDomain + "/fleet/" + fleet.id() + "/device/")
        .toList();
  }
}
