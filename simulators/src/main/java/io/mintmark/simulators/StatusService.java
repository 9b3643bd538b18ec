package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.io.IOException;
import java.net.URI;

/** A service whose CRLs and OCSP answers are measured. */
public interface StatusService extends MeasuredService {

  /** Where CRLs and OCSP are. */
  URI status();

  /**
   * Takes a device's certificates back, so that a CRL is due.
   *
   * @throws IOException as of {@link EnrolmentService}
   */
  void revoke(DeviceId device) throws IOException;
}
