package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.provisioning.limits.Limits;
import io.mintmark.provisioning.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the operator may set for the whole service, in {@code service.yaml}. Immutable.
 *
 * @param defaultFleet the fleet of EST requests without a label; may not exist yet
 * @param limits what clients may ask of the service
 * @param approvals how approvals are asked for
 * @param ca about the CAs
 * @param status where the world finds CRLs and OCSP, as certificates tell it; without it they do not
 */
public record ServiceSettings(
    Optional<FleetId> defaultFleet,
    Limits limits,
    ApprovalSettings approvals,
    CaSettings ca,
    Optional<StatusAddresses> status) {

  /** Where the settings stand in a data folder, if anywhere. */
  static final String FILE = "service.yaml";

  /** What holds without a file. */
  public static final ServiceSettings DEFAULT = new ServiceSettings(
      Optional.empty(),
      Limits.DEFAULT,
      ApprovalSettings.DEFAULT,
      CaSettings.DEFAULT,
      Optional.empty());

  /**
   * Reads the settings of a start.
   *
   * @param named the file the operator named, which must be there; null for the one of the data
   *     folder, which need not
   * @throws StartException naming the file, the line and the remedy if it cannot be used
   */
  static ServiceSettings read(Path named, DataFolder folder) throws StartException {
    Path file = named == null ? folder.resolve(FILE) : named;
    try {
      return ServiceYaml.read(Files.readString(file));
    } catch (NoSuchFileException e) {
      if (named == null) {
        return DEFAULT;
      }
      throw new StartException("the settings " + file + " are not there: check the path", e);
    } catch (IOException e) {
      throw new StartException(
          "the settings " + file + " cannot be read: " + DataFolder.reason(e), e);
    } catch (YamlException e) {
      throw new StartException(file + ": " + e.getMessage(), e);
    }
  }
}
