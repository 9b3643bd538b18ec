package io.mintmark.simulators;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What is asked of a service's CRLs and OCSP, and how much. Immutable.
 *
 * @param issuer the CA, with a P-256 key
 * @param serials of certificates it issued that are good: what OCSP is asked about, over and over
 * @param revoked how many others its CRL lists before anything is revoked here
 * @param connections over how many OCSP is asked at a time
 * @param seconds for how long; as long again before, unmeasured
 * @param crls how many CRLs are made, each because another device is revoked
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record StatusLoadOptions(
    X509Certificate issuer,
    List<BigInteger> serials,
    int revoked,
    int connections,
    int seconds,
    int crls,
    Path folder) {

  private static final int MOST_CONNECTIONS = 1_000;
  private static final int MOST_SECONDS = 3_600;
  private static final int MOST_CRLS = 100;

  /**
   * @throws IllegalArgumentException if there is nothing to ask about, or too little or too much
   */
  public StatusLoadOptions {
    serials = List.copyOf(serials);
    require(!serials.isEmpty(), "OCSP needs certificates to ask about: use at least 1");
    require(
        connections >= 1 && connections <= MOST_CONNECTIONS,
        connections + " connections are not possible: use 1 to " + MOST_CONNECTIONS);
    require(
        seconds >= 1 && seconds <= MOST_SECONDS,
        seconds + " seconds are not possible: use 1 to " + MOST_SECONDS);
    require(crls >= 1 && crls <= MOST_CRLS, crls + " CRLs are not possible: use 1 to " + MOST_CRLS);
  }

  private static void require(boolean rule, String otherwise) {
    if (!rule) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
