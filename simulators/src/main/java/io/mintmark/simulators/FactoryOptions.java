package io.mintmark.simulators;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.FleetId;
import java.time.Duration;

/**
 * What a factory is to be and what its ready-made fleet file says. Immutable.
 *
 * @param fleet the fleet its devices are made for
 * @param lifetime of operational certificates, in the fleet file; whole seconds
 * @param backdate how far before the moment of issue an operational certificate begins, in the
 *     fleet file; whole seconds
 * @param intermediate whether an intermediate CA stands between the factory's root and its devices
 * @param replace whether a factory already in the folder gives way to a new one, keys and all
 */
public record FactoryOptions(
    FleetId fleet, Duration lifetime, Duration backdate, boolean intermediate, boolean replace) {

  /** A week of lifetime, five minutes of backdating, devices directly under the root. */
  public static FactoryOptions of(FleetId fleet) {
    return new FactoryOptions(fleet, Duration.ofDays(7), Duration.ofMinutes(5), false, false);
  }

  /** With this certificate lifetime and backdating in the fleet file. */
  public FactoryOptions withLifetime(Duration lifetime, Duration backdate) {
    return new FactoryOptions(fleet, lifetime, backdate, intermediate, replace);
  }

  /** With or without an intermediate CA. */
  public FactoryOptions withIntermediate(boolean intermediate) {
    return new FactoryOptions(fleet, lifetime, backdate, intermediate, replace);
  }

  /** With or without the permission to replace another factory. */
  public FactoryOptions withReplace(boolean replace) {
    return new FactoryOptions(fleet, lifetime, backdate, intermediate, replace);
  }

  /** The fleet file: ready for {@code mintmark fleet apply}, next to the CA file it names. */
  String fleetYaml(String caFile) {
    return """
        fleet: %s
        factory-cas:
          - %s
        enrolment:
          mode: manifest
        certificate:
          lifetime: %s
          backdate: %s
        mqtt:
          client-id: ${device}
          publish: ["telemetry/${fleet}/${device}/#"]
          subscribe: ["commands/${fleet}/${device}/#"]
        """.formatted(fleet, caFile, DurationText.of(lifetime), DurationText.of(backdate));
  }
}
