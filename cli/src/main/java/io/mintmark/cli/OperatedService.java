package io.mintmark.cli;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.FleetFile;
import io.mintmark.provisioning.Refusal;
import io.mintmark.simulators.EnrolmentService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A service that simulations and benchmarks operate through its operator API, as an operator would. */
interface OperatedService extends EnrolmentService {

  /** Its operator API. */
  OperatorClient operator();

  @Override
  default void applyFleet(Path yaml) throws IOException {
    try {
      operator().applyFleet(FleetFile.inline(yaml));
    } catch (Refusal | CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  default void importManifest(FleetId fleet, Path csv) throws IOException {
    try {
      operator().importManifest(fleet.value(), Files.readString(csv));
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Revokes a device for good; returns with the service's answer. */
  default void revoke(DeviceId device) throws IOException {
    try {
      operator().change(device.value(), "revoke", Map.of("reason", "keyCompromise"));
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Defines an application, and gives it a key and a certificate. */
  default Credential application(String name, TopicGrants grants) throws IOException {
    try {
      operator().defineApplication(name, grants);
      return operator().certifyApplication(name);
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
