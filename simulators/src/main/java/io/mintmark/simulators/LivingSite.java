package io.mintmark.simulators;

import java.net.URI;

/** Service and broker that grow old with their devices. */
public interface LivingSite extends Site, RegisteredDevices {

  /** Its CAs. */
  Authorities authorities();

  /** Where OCSP is asked. */
  URI ocsp();

  /** Where the CRL of an issuing CA is. */
  URI crl(String issuer);
}
