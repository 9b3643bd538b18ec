package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import java.util.List;

/** What operators see of fleets, ready for JSON. Thread-safe. */
public final class FleetViews {

  /**
   * A fleet.
   *
   * @param id its id
   * @param factoryCas the subjects of the factory CAs it trusts
   * @param enrolment how devices enrol: {@code manifest}
   * @param lifetime of its certificates, as the YAML would say it
   * @param backdate how long before its issuing a certificate begins to be valid
   * @param clientId the template of the client ids its devices may use
   * @param publish filters of the topics its devices may publish to
   * @param subscribe filters they may subscribe to
   * @param devices how many it has, whatever their state
   */
  public record FleetView(
      String id,
      List<String> factoryCas,
      String enrolment,
      String lifetime,
      String backdate,
      String clientId,
      List<String> publish,
      List<String> subscribe,
      long devices) {}

  /** All fleets by id. */
  public List<FleetView> list() {
    return null;
  }

  /**
   * One fleet.
   *
   * @throws Refusal NOT_FOUND if there is none of this id
   */
  public FleetView find(FleetId id) throws Refusal {
    return null;
  }

  /** Whether the fleet exists: the cheap question of {@code /cacerts}. */
  public boolean exists(FleetId id) {
    return false;
  }
}
