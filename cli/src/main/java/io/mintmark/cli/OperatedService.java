package io.mintmark.cli;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.FleetFile;
import io.mintmark.provisioning.Refusal;
import io.mintmark.simulators.EnrolmentService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service that benchmarks prepare through its operator API, as an operator would. */
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
}
