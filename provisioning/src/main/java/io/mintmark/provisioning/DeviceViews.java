package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
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
   * @param reason why, a CRLReason; null if it was not, or not for good
   * @param run the bulk run that did it; null if it was done to this device alone
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
      List<CertificateView> certificates) {}

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

  DeviceViews(Registry registry, TrustDomain trustDomain) {
    this.registry = registry;
    this.trustDomain = trustDomain;
  }

  /**
   * Devices in the order of their ids.
   *
   * @param fleet only of this fleet; null for all
   * @param state only in this state; null for all
   * @param after only ids after this one; null for the first
   * @param limit at most so many; held to 1..1000
   */
  public DevicePage list(FleetId fleet, DeviceState state, DeviceId after, int limit) {
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    // One more than asked for tells whether there is a next page.
    List<Device> found = registry.read(h -> DeviceTable.list(h, fleet, state, after, held + 1));
    List<DeviceView> page =
        found.stream().limit(held).map(device -> view(device, null)).toList();
    return new DevicePage(page, found.size() > held ? page.get(held - 1).id() : null);
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
      Identity identity = new Identity.Device(trustDomain, device.fleet(), id);
      return view(
          device,
          CertificateTable.all(h, identity.spiffeId()).stream()
              .map(DeviceViews::view)
              .toList());
    });
  }

  private static DeviceView view(Device device, List<CertificateView> certificates) {
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
