package io.mintmark.simulators;

import io.mintmark.identity.Validity;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Who looks at an installation from outside now and then: at the certificates that service and broker
 * show, at CRLs and OCSP, at the registry. Remembers what there was. Not thread-safe.
 */
final class LifetimeOnlooker {

  private final LivingSite site;
  private final Clock clock;
  private final StatusWatch status;
  private final Set<BigInteger> serviceShown = new HashSet<>();
  private final Set<BigInteger> brokerShown = new HashSet<>();
  private int mostLive;
  private int clones;

  LifetimeOnlooker(LivingSite site, Clock clock) {
    this.site = site;
    this.clock = clock;
    this.status = new StatusWatch(site);
  }

  /**
   * Looks at service and broker, and at one device's standing.
   *
   * @throws IOException if one of them shows a certificate that is not valid now, or OCSP does not
   *     call the device's good
   */
  void look(VirtualDevice device) throws IOException {
    serviceShown.add(shown("service", serviceFace()));
    brokerShown.add(shown("broker", brokerFace()));
    status.requireGood(device.credential());
    RegisteredDevices.Standing standing = site.standing(device.id());
    mostLive = Math.max(mostLive, standing.live());
    clones += standing.clones();
  }

  private BigInteger shown(String who, TlsFace face) throws IOException {
    X509Certificate certificate = face.shows().get(0);
    if (!Validity.of(certificate).contains(clock.instant())) {
      throw new IOException("the " + who + " shows a certificate that is not valid at "
          + clock.instant() + " but " + Validity.of(certificate));
    }
    return certificate.getSerialNumber();
  }

  private TlsFace serviceFace() throws IOException {
    URI service = site.service();
    return TlsFace.of(service.getHost(), service.getPort());
  }

  private TlsFace brokerFace() throws IOException {
    return TlsFace.of(site.brokerHost(), site.brokerPort());
  }

  /** Whether service and broker show certificates of this issuing CA. */
  boolean sees(X509Certificate issuing) throws IOException {
    return serviceFace().isBy(issuing) && brokerFace().isBy(issuing);
  }

  /** Whether every issuing CA has a CRL that is good at that moment. */
  boolean seesCrls(Instant moment) throws IOException {
    return status.areGood(moment);
  }

  /** How many different CRLs were seen. */
  int crls() {
    return status.published();
  }

  /** How often the service showed another certificate than before. */
  int serviceRenewals() {
    return serviceShown.size() - 1;
  }

  /** How often the broker did. */
  int brokerRenewals() {
    return brokerShown.size() - 1;
  }

  /** Most certificates a device had at a time that were neither over nor superseded. */
  int mostLive() {
    return mostLive;
  }

  /** How many signs of clones there were. */
  int clones() {
    return clones;
  }
}
