package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** A service and a broker whose cuts are measured: what their operator does, and what they say. */
public interface CutInstallation extends EnrolmentService {

  /** Where the broker listens for MQTT over mutual TLS. */
  InetSocketAddress address();

  /**
   * Revokes one device; returns with the service's answer.
   *
   * @throws IOException as of {@link EnrolmentService}
   */
  void revoke(DeviceId device) throws IOException;

  /**
   * Revokes all devices of a fleet by one command; returns when the service has taken it on.
   *
   * @throws IOException as of {@link EnrolmentService}
   */
  void revokeFleet(FleetId fleet) throws IOException;

  /** All the broker has logged so far. */
  List<String> brokerLog() throws IOException;
}
