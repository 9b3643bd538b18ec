package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import io.mintmark.provisioning.yaml.YamlException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates and changes fleets from their YAML. Thread-safe. */
public final class FleetApplier {

  /** What applying did. */
  public enum Change {
    /** The fleet is new. */
    CREATED,
    /** It was there and is different now. */
    UPDATED,
    /** It was there, just so. */
    UNCHANGED
  }

  /**
   * What applying did to which fleet.
   *
   * @param fleet the fleet the YAML describes
   * @param change what happened to it
   * @param warnings what will keep devices of it from connecting, one text for each; of many, the
   *     first ones and how many more
   */
  public record Result(FleetId fleet, Change change, List<String> warnings) {}

  private static final int MOST_DETAILS = 20;

  private final Registry registry;
  private final Fleets fleets;
  private final TrustDomain trustDomain;
  private final CertificateAuthority authority;
  private final ChannelBindings bindings;
  private final Feed feed;
  private final PolicyAttributes attributes;
  private final AuditLog audit;
  private final Clock clock;

  FleetApplier(
      Registry registry,
      Fleets fleets,
      TrustDomain trustDomain,
      CertificateAuthority authority,
      ChannelBindings bindings,
      Feed feed,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.fleets = fleets;
    this.trustDomain = trustDomain;
    this.authority = authority;
    this.bindings = bindings;
    this.feed = feed;
    this.attributes = new PolicyAttributes(trustDomain, feed);
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Makes the fleet what the YAML says. Certificates issued before stay as they are; brokers use
   * the new topics at once, live sessions included.
   *
   * @param yaml one document, factory CAs inline
   * @throws Refusal INVALID naming the key or value and the remedy, or the devices of the fleet whose
   *     ids do not fit
   */
  public Result apply(String yaml, String actor) throws Refusal {
    Fleet fleet;
    try {
      fleet = new FleetYaml(trustDomain, clock.instant()).read(yaml);
    } catch (YamlException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
    requireForeign(fleet.factoryCas());
    List<String> warnings = new ArrayList<>();
    Change change = registry.write(tx -> {
      Optional<Fleet> before = FleetTable.find(tx.handle(), fleet.id());
      if (before.isPresent() && before.get().equals(fleet)) {
        return Change.UNCHANGED;
      }
      requireNamesForAll(tx, before, fleet);
      fleets.put(tx, fleet, clock.instant());
      if (before.isEmpty() || !before.get().policy().equals(fleet.policy())) {
        TopicGrants old = before.map(Fleet::topics).orElse(TopicGrants.NONE);
        warnings.addAll(attributes.policyChanges(tx, fleet.id(), old, fleet.topics()));
        feed.append(tx, fleet.policy());
      }
      audit.add(
          tx,
          actor,
          before.isEmpty() ? "fleet.created" : "fleet.changed",
          fleet.id().value(),
          before.map(old -> differences(old, fleet)).orElse(null));
      return before.isEmpty() ? Change.CREATED : Change.UPDATED;
    });
    bindings.refresh();
    return new Result(fleet.id(), change, warnings);
  }

  /** With our own CA as a factory, every operational certificate would open enrolment. */
  private void requireForeign(List<X509Certificate> factoryCas) throws Refusal {
    for (X509Certificate factoryCa : factoryCas) {
      for (X509Certificate own : authority.caCertificates()) {
        if (own.getPublicKey().equals(factoryCa.getPublicKey())) {
          throw new Refusal(
              Refusal.Kind.INVALID,
              "factory CA '"
                  + Printable.of(factoryCa.getSubjectX500Principal().getName())
                  + "' is this installation's own CA: name the factory's");
        }
      }
    }
  }

  /** Else devices that work today would be refused at their next renewal. */
  private void requireNamesForAll(Transaction tx, Optional<Fleet> before, Fleet fleet)
      throws Refusal {
    DeviceProfile profile = fleet.profile();
    if (before.isEmpty() || before.get().profile().dnsNames().equals(profile.dnsNames())) {
      return;
    }
    List<String> refused = new ArrayList<>();
    for (Device device : DeviceTable.list(tx.handle(), fleet.id(), null, null, Integer.MAX_VALUE)) {
      try {
        profile.names(new Identity.Device(trustDomain, fleet.id(), device.id()));
      } catch (Refusal e) {
        if (!device.state().isForGood() && refused.size() < MOST_DETAILS) {
          refused.add(e.getMessage());
        }
      }
    }
    if (!refused.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "dns-names cannot be made for every device of fleet '" + fleet.id() + "'",
          refused);
    }
  }

  private static String differences(Fleet before, Fleet after) {
    List<String> changed = new ArrayList<>();
    if (!before.factoryCas().equals(after.factoryCas())) {
      changed.add("factory-cas");
    }
    if (!before.factoryCrls().equals(after.factoryCrls())) {
      changed.add("factory-crl");
    }
    if (!before.enrolment().equals(after.enrolment())) {
      changed.add("enrolment");
    }
    if (!before.profile().equals(after.profile())) {
      changed.add("certificate");
    }
    if (!before.policy().equals(after.policy()) || before.clones() != after.clones()) {
      changed.add("mqtt");
    }
    return String.join(", ", changed);
  }
}
