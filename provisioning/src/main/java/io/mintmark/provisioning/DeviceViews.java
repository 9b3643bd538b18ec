package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.presence.CloneSign;
import io.mintmark.provisioning.presence.Presence;
import io.mintmark.provisioning.presence.Presence.ConnectionView;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CloneTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.PresenceTable;
import io.mintmark.provisioning.sql.Registry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What operators see of devices, ready for JSON. Thread-safe. */
public final class DeviceViews {

  /**
   * A device.
   *
   * @param id its id
   * @param fleet its fleet
   * @param state where it stands
   * @param pin the pin of its bootstrap certificate as the manifest has it, or null
   * @param attributes the manifest's further columns
   * @param since when it was suspended, revoked or retired; null if it was not, or nobody knows
   * @param reason why: of one that ended for good a CRLReason; of one that is suspended for signs that
   *     its key was copied the word for that; else null
   * @param run the bulk run that did it; null if it was done to this device alone
   * @param presence whether it is connected
   * @param lastSeen when it was connected last, as far as reported; null if it never was
   * @param clonedAt when it showed signs of a clone last; null if it does not
   * @param connections those there are or the last one; null in a list of devices
   * @param clones its signs of a clone, latest first; null in a list of devices
   * @param certificates latest first; null in a list of devices
   */
  public record DeviceView(
      String id,
      String fleet,
      DeviceState state,
      String pin,
      Map<String, String> attributes,
      Instant since,
      String reason,
      Long run,
      Presence.State presence,
      Instant lastSeen,
      Instant clonedAt,
      List<ConnectionView> connections,
      List<CloneView> clones,
      List<CertificateView> certificates) {}

  /**
   * A sign of a clone.
   *
   * @param serial the certificate that two seem to hold, lower-case hex
   * @param sign what it is
   * @param times how often it was noticed
   * @param since when it was noticed first
   * @param last when it was noticed last
   * @param detail what was seen
   */
  public record CloneView(
      String serial, CloneSign.Kind sign, long times, Instant since, Instant last, String detail) {}

  /**
   * A certificate of a device.
   *
   * @param serial lower-case hex
   * @param notBefore first moment of validity
   * @param notAfter last moment of validity
   * @param state where it stands; it may have expired besides
   */
  public record CertificateView(
      String serial, Instant notBefore, Instant notAfter, CertificateState state) {}

  /**
   * Some devices, by id.
   *
   * @param devices in order
   * @param next the id to continue after; null when these are the last
   */
  public record DevicePage(List<DeviceView> devices, String next) {}

  private static final int LONGEST_PAGE = 1000;

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Clock clock;

  DeviceViews(Registry registry, TrustDomain trustDomain, Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.clock = clock;
  }

  /**
   * Devices in the order of their ids.
   *
   * @param filter which of them
   * @param after only ids after this one; null for the first
   * @param limit at most so many; held to 1..1000
   */
  public DevicePage list(DeviceFilter filter, DeviceId after, int limit) {
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    Instant now = clock.instant();
    return registry.read(h -> {
      // One more than asked for tells whether there is a next page.
      List<Device> found = DeviceTable.list(h, trustDomain, filter, after, held + 1, now);
      List<Device> page = found.stream().limit(held).toList();
      List<String> identities = page.stream().map(this::identity).toList();
      Map<String, Presence> presences = PresenceTable.find(h, identities, now);
      Map<String, Instant> clones = CloneTable.lastOpen(h, identities, now);
      return new DevicePage(
          page.stream()
              .map(device -> {
                String identity = identity(device);
                Presence presence = presences.getOrDefault(identity, Presence.NEVER);
                return view(device, presence, clones.get(identity), null, null, null);
              })
              .toList(),
          found.size() > held ? page.get(held - 1).id().value() : null);
    });
  }

  /**
   * One device with its certificates.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public DeviceView find(DeviceId id) throws Refusal {
    return registry.read(h -> {
      Device device = DeviceTable.find(h, id)
          .orElseThrow(
              () -> new Refusal(Refusal.Kind.NOT_FOUND, "device '" + id + "' is not known"));
      Instant now = clock.instant();
      String identity = identity(device);
      Presence presence =
          PresenceTable.find(h, List.of(identity), now).getOrDefault(identity, Presence.NEVER);
      List<CloneView> clones =
          CloneTable.open(h, identity, now).stream().map(DeviceViews::view).toList();
      return view(
          device,
          presence,
          clones.isEmpty() ? null : clones.get(0).last(),
          presence.connections(),
          clones,
          CertificateTable.all(h, identity).stream().map(DeviceViews::view).toList());
    });
  }

  private String identity(Device device) {
    return new Identity.Device(trustDomain, device.fleet(), device.id()).spiffeId();
  }

  private static CloneView view(CloneTable.Note note) {
    return new CloneView(
        note.sign().serial(),
        note.sign().kind(),
        note.times(),
        note.noticedAt(),
        note.lastAt(),
        note.sign().detail());
  }

  private static DeviceView view(
      Device device,
      Presence presence,
      Instant clonedAt,
      List<ConnectionView> connections,
      List<CloneView> clones,
      List<CertificateView> certificates) {
    Device.Bar bar = device.bar();
    return new DeviceView(
        device.id().value(),
        device.fleet().value(),
        device.state(),
        device.pin() == null ? null : device.pin().toString(),
        device.attributes(),
        bar == null ? null : bar.at(),
        bar == null ? null : bar.reason(),
        bar == null ? null : bar.run(),
        presence.state(),
        presence.lastSeen(),
        clonedAt,
        connections,
        clones,
        certificates);
  }

  private static CertificateView view(CertificateRecord certificate) {
    return new CertificateView(
        certificate.serialHex(),
        certificate.validity().notBefore(),
        certificate.validity().notAfter(),
        certificate.state());
  }
}
