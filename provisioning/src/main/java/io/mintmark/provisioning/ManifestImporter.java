package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Takes in the list of devices a factory shipped. Thread-safe. */
public final class ManifestImporter {

  /**
   * What a manifest changed, in devices.
   *
   * @param added new ones
   * @param updated known ones whose pin or attributes are different now
   * @param unchanged known ones
   * @param warnings what will keep devices of it from enrolling or connecting, one text for each; of many, the
   *     first ones and how many more
   */
  public record Result(int added, int updated, int unchanged, List<String> warnings) {}

  private static final int MOST_WARNINGS = 20;

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final PolicyAttributes attributes;
  private final AuditLog audit;
  private final Clock clock;

  ManifestImporter(
      Registry registry, TrustDomain trustDomain, Feed feed, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.attributes = new PolicyAttributes(trustDomain, feed);
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Imports all lines or none. Devices that are not in this manifest stay as they are; so does the
   * state of those that are.
   *
   * @param csv a header line, then one device a line
   * @throws Refusal NOT_FOUND for an unknown fleet, INVALID with one detail per bad line ({@code
   *     line 7: ...})
   */
  public Result load(FleetId fleet, String csv, String actor) throws Refusal {
    ManifestFile manifest = ManifestFile.read(fleet, csv);
    return registry.write(tx -> {
      Fleet of = FleetTable.find(tx.handle(), fleet)
          .orElseThrow(
              () -> new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known"));
      List<Optional<Device>> known = known(tx, manifest);
      if (!manifest.faults().isEmpty()) {
        int bad = manifest.faults().size();
        throw new Refusal(
            Refusal.Kind.INVALID,
            "nothing was imported: the manifest has " + bad
                + (bad == 1 ? " bad line" : " bad lines"),
            manifest.faults());
      }
      List<String> warnings = new ArrayList<>(warnings(manifest, of.profile()));
      PolicyAttributes.Import told = attributes.begin(of.topics());
      manifest.lines().forEach(line -> told.look(line.number(), line.device()));
      warnings.addAll(told.warnings());
      return store(tx, manifest, known, told, warnings, actor);
    });
  }

  /** A manifest says what the factory shipped, whether or not it can enrol: so it is no bad line. */
  private List<String> warnings(ManifestFile manifest, DeviceProfile profile) {
    if (profile.dnsNames().isEmpty()) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    int more = 0;
    for (ManifestFile.Line line : manifest.lines()) {
      Device device = line.device();
      try {
        profile.names(new Identity.Device(trustDomain, device.fleet(), device.id()));
      } catch (Refusal e) {
        if (warnings.size() < MOST_WARNINGS) {
          warnings.add("line " + line.number() + ": " + e.getMessage());
        } else {
          more++;
        }
      }
    }
    if (more > 0) {
      warnings.add("and " + more + " more devices like these");
    }
    return warnings;
  }

  /** What the registry has of each line's device; a device of another fleet is a bad line. */
  private static List<Optional<Device>> known(Transaction tx, ManifestFile manifest) {
    List<Optional<Device>> known = new ArrayList<>();
    for (ManifestFile.Line line : manifest.lines()) {
      Optional<Device> device = DeviceTable.find(tx.handle(), line.device().id());
      known.add(device);
      device
          .filter(d -> !d.fleet().equals(line.device().fleet()))
          .ifPresent(d -> manifest.fault(
              line.number(), "device '" + d.id() + "' belongs to fleet '" + d.fleet() + "'"));
    }
    return known;
  }

  private Result store(
      Transaction tx,
      ManifestFile manifest,
      List<Optional<Device>> known,
      PolicyAttributes.Import told,
      List<String> warnings,
      String actor) {
    Instant now = clock.instant();
    int added = 0;
    int updated = 0;
    for (int i = 0; i < known.size(); i++) {
      Device device = manifest.lines().get(i).device();
      Device before = known.get(i).orElse(null);
      if (before == null) {
        DeviceTable.insert(tx, device, now);
        told.change(null, device);
        added++;
      } else if (!Objects.equals(before.pin(), device.pin())
          || !before.attributes().equals(device.attributes())) {
        DeviceTable.update(tx, device);
        told.change(before, device);
        auditPin(tx, before, device, actor);
        updated++;
      }
    }
    told.tell(tx);
    int unchanged = known.size() - added - updated;
    if (added + updated > 0) {
      audit.add(
          tx,
          actor,
          "manifest.imported",
          manifest.lines().get(0).device().fleet().value(),
          "added " + added + ", updated " + updated + ", unchanged " + unchanged);
    }
    return new Result(added, updated, unchanged, warnings);
  }

  /** A pin decides who may enrol as the device: its change is worth a row of its own. */
  private void auditPin(Transaction tx, Device before, Device after, String actor) {
    if (!Objects.equals(before.pin(), after.pin())) {
      audit.add(
          tx,
          actor,
          "device.pin-changed",
          after.id().value(),
          "from " + before.pin() + " to " + after.pin());
    }
  }
}
