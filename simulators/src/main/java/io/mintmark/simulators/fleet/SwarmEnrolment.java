package io.mintmark.simulators.fleet;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.LeanEnrolment;
import io.mintmark.simulators.LeanEnrolment.Enrolled;
import io.mintmark.simulators.Progress;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;

/**
 * Obtains certificates for the devices of a swarm, with the issuers that go with them; all pause where
 * the service asks one to. Thread-safe.
 */
final class SwarmEnrolment implements AutoCloseable {

  private final LeanEnrolment lean;
  private final Pauses pauses;
  private final EstClient est;
  private volatile List<X509Certificate> issuers = List.of();

  SwarmEnrolment(Site site, FleetId fleet, Progress progress) {
    pauses = new Pauses(progress);
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
    KeyManager shown = Credential.keyManager(bootstrap.key(), bootstrap.chain());
    return complete(pauses.ask(() -> lean.enrol(device, shown)));
  }

  /**
   * The certificate after the current one, for a new key.
   *
   * @throws IOException with one line that names no device
   */
  StoredCredential renew(DeviceId device, StoredCredential current) throws IOException {
    KeyManager shown = Credential.keyManager(current.key(), current.chain());
    return complete(pauses.ask(() -> lean.renew(device, current.certificate(), shown)));
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

  /** Ends all pauses; what waited in one fails. */
  @Override
  public void close() {
    pauses.close();
  }
}
