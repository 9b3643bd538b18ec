package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a root is still trusted that should not be, looked for by who trusts only the root after it.
 *
 * @param label the fleet's
 * @param old should be gone
 * @param next took its place
 */
record RootTraces(
    Site site,
    FleetId label,
    Authorities authorities,
    RollingFleet fleet,
    X509Certificate old,
    X509Certificate next) {

  /**
   * The places; empty if there is none.
   *
   * @throws IOException if one of them could not be looked at
   */
  List<String> places() throws IOException {
    List<String> places = new ArrayList<>();
    EstClient est = new EstClient(
        EstClient.label(site.service(), label), Credential.anonymousTlsContext(List.of(next)));
    if (est.caCertificates().contains(old)) {
      places.add("bundle");
    }
    if (!authorities.told().equals(List.of(next))) {
      places.add("feed");
    }
    TlsFace broker = TlsFace.of(site.brokerHost(), site.brokerPort());
    if (!broker.asksFor().contains(next.getSubjectX500Principal())
        || broker.asksFor().contains(old.getSubjectX500Principal())) {
      places.add("broker, for its clients");
    }
    if (!broker.isTrustedBy(List.of(next))) {
      places.add("broker, by its certificate");
    }
    places.addAll(fleet.trusting(old));
    return places;
  }
}
