package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
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
   * @param certificates latest first; null in a list of devices
   */
  public record DeviceView(
      String id,
      String fleet,
      DeviceState state,
      String pin,
      Map<String, String> attributes,
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

  /**
   * Devices in the order of their ids.
   *
   * @param fleet only of this fleet; null for all
   * @param state only in this state; null for all
   * @param after only ids after this one; null for the first
   * @param limit at most so many; held to 1..1000
   */
  public DevicePage list(FleetId fleet, DeviceState state, DeviceId after, int limit) {
    return null;
  }

  /**
   * One device with its certificates.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public DeviceView find(DeviceId id) throws Refusal {
    return null;
  }
}
