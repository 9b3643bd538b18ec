package io.mintmark.simulators;

import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A provisioning service as a scenario sees it: where devices enrol, and what an operator does
 * before they can.
 *
 * <p>Methods that act throw {@link IOException} with one line to show when the service refused or
 * could not be reached; they return when the change holds.
 */
public interface EnrolmentService {

  /** Where devices enrol. */
  URI service();

  /** The roots that the service's certificate ends in. */
  List<X509Certificate> trust();

  /** Creates the fleet of a fleet file, or brings it up to date. */
  void applyFleet(Path yaml) throws IOException;

  /** Adds the devices of a manifest to a fleet. */
  void importManifest(FleetId fleet, Path csv) throws IOException;
}
