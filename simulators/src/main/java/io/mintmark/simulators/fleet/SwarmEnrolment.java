package io.mintmark.simulators.fleet;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.LeanEnrolment;
import io.mintmark.simulators.LeanEnrolment.Enrolled;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Obtains certificates for the devices of a swarm, with the issuers that go with them. Thread-safe. */
final class SwarmEnrolment {

  private final LeanEnrolment lean;
  private final EstClient est;
  private volatile List<X509Certificate> issuers = List.of();

  SwarmEnrolment(Site site, FleetId fleet) {
    lean = new LeanEnrolment(site, fleet);
    est = new EstClient(
        EstClient.label(site.service(), fleet), Credential.anonymousTlsContext(site.trust()));
  }

  /**
   * A first certificate by the bootstrap credential.
   *
   * @throws IOException with one line that names no device
   */
  StoredCredential enrol(DeviceId device, StoredCredential bootstrap) throws IOException {
    return complete(lean.enrol(device, Credential.keyManager(bootstrap.key(), bootstrap.chain())));
  }

  /**
   * The certificate after the current one, for a new key.
   *
   * @throws IOException with one line that names no device
   */
  StoredCredential renew(DeviceId device, StoredCredential current) throws IOException {
    return complete(lean.renew(
        device, current.certificate(), Credential.keyManager(current.key(), current.chain())));
  }

  private StoredCredential complete(Enrolled enrolled) throws IOException {
    List<X509Certificate> known = new ArrayList<>(List.of(enrolled.certificate()));
    if (issuers.isEmpty()) {
      issuers = est.caCertificates();
    }
    known.addAll(issuers);
    List<X509Certificate> chain = est.chain(enrolled.keys().getPublic(), known);
    if (!known.containsAll(chain)) {
      // Another CA issues now, and the next device would ask for it again.
      issuers = est.caCertificates();
    }
    return new StoredCredential(enrolled.keys().getPrivate(), chain);
  }
}
