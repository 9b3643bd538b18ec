package io.mintmark.cli;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.CutInstallation;
import io.mintmark.simulators.MeasuredBroker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A service and its broker, each in a process of its own, revoked from as an operator would.
 *
 * @param log the broker's
 */
record RevokedInstallation(RunningService running, MeasuredBroker broker, Path log)
    implements CutInstallation, ServedByProcess {

  @Override
  public InetSocketAddress address() {
    return broker.address();
  }

  @Override
  public void revoke(DeviceId device) throws IOException {
    ServedByProcess.super.revoke(device);
  }

  @Override
  public void revokeFleet(FleetId fleet) throws IOException {
    try {
      running.operator().changeFleet(fleet.value(), "revoke", Map.of("reason", "keyCompromise"));
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public List<String> brokerLog() throws IOException {
    return Files.readAllLines(log);
  }
}
