package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.VouchedBundle;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * An application that does over EST what a device's SDK does by itself: it renews its certificate,
 * follows the service's roots and says which it holds.
 */
public final class RollingApplication implements AutoCloseable {

  /** Applications renew without a label. */
  private static final String EST = "/.well-known/est";

  private final URI est;
  private final Clock clock;
  private final ApplicationClient client;
  private Credential credential;
  private List<X509Certificate> trust;

  private RollingApplication(
      URI est,
      Clock clock,
      ApplicationClient client,
      Credential credential,
      List<X509Certificate> trust) {
    this.est = est;
    this.clock = clock;
    this.client = client;
    this.credential = credential;
    this.trust = trust;
  }

  /**
   * Connects and subscribes.
   *
   * @param filter what it wants to see
   * @throws IOException if the broker refuses or is not there
   */
  public static RollingApplication connect(
      Site site, Credential credential, String filter, Clock clock) throws IOException {
    List<X509Certificate> trust = site.trust();
    ApplicationClient client =
        ApplicationClient.connect(site.brokerHost(), site.brokerPort(), trust, credential, clock);
    try {
      client.subscribe(filter);
    } catch (IOException e) {
      client.close();
      throw e;
    }
    return new RollingApplication(site.service().resolve(EST), clock, client, credential, trust);
  }

  /**
   * Renews, takes over the service's roots, goes on with both, and reports: with that the certificate
   * before is done with.
   */
  public void renew() throws IOException {
    EstClient service = new EstClient(est, credential.tlsContext(trust));
    List<X509Certificate> cas = service.caCertificates();
    List<X509Certificate> roots = VouchedBundle.of(cas, trust, clock.instant());
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> known = new ArrayList<>(
        service.simpleReenroll(CertificateRequest.renew(keys, credential.certificate())));
    known.addAll(cas);
    Credential next = new Credential(keys.getPrivate(), service.chain(keys.getPublic(), known));
    client.move(next, roots);
    credential = next;
    trust = roots;
    new EstClient(est, credential.tlsContext(trust)).reportBundle(trust);
  }

  /** The one in use. */
  public Credential credential() {
    return credential;
  }

  /** Its connection. */
  public ApplicationClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }
}
