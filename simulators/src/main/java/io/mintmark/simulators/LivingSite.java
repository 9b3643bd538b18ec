package io.mintmark.simulators;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Service and broker that grow old with their devices. */
public interface LivingSite extends Site, RegisteredDevices {

  /** Its CAs. */
  Authorities authorities();

  /** Where OCSP is asked. */
  URI ocsp();

  /** Where the CRL of an issuing CA is. */
  URI crl(String issuer);

  /**
   * Verifies the audit log from its first row.
   *
   * @return what is wrong with it; empty if nothing is and part of it is signed
   * @throws IOException if it cannot be read
   */
  List<String> auditFaults() throws IOException;
}
