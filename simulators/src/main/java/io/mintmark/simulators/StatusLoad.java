package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * The measurement of {@code mintmark benchmark status}: what CRLs and OCSP cost the service. Devices are
 * revoked one after the other, each of which makes a CRL due; then OCSP is asked for a while.
 */
public final class StatusLoad {

  private static final FleetId FLEET = new FleetId("status");
  private static final Duration LONGEST_CRL = Duration.ofMinutes(1);
  private static final long POLL_MILLIS = 50;
  private static final int TIMEOUT_MILLIS = 10_000;

  private final StatusService service;
  private final String crlPath;
  private final StatusLoadOptions options;
  private final Progress progress;

  /**
   * A load; nothing happens yet.
   *
   * @param crlPath where the issuer's CRL is below {@link StatusService#status}
   */
  public StatusLoad(
      StatusService service, String crlPath, StatusLoadOptions options, Progress progress) {
    this.service = service;
    this.crlPath = crlPath;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if the service cannot be prepared or its CRLs cannot be had; OCSP answers
   *     that fail are in the report
   * @throws TimeoutException if no CRL tells of a revocation within a minute
   */
  public StatusReport run() throws IOException, InterruptedException, TimeoutException {
    Clock clock = Clock.systemUTC();
    List<StatusReport.Crl> crls = new ArrayList<>();
    List<DeviceId> devices = enrolled(clock);
    for (DeviceId device : devices) {
      progress.step("Revoking " + device + " and waiting for the CRL");
      crls.add(crl(device));
    }
    StatusReport.Ocsp ocsp = new OcspLoad(service, options).run(progress);
    return new StatusReport(
        clock.instant(),
        options.connections(),
        options.revoked(),
        options.serials().size(),
        Environment.current(),
        service.facts(),
        crls,
        ocsp);
  }

  private List<DeviceId> enrolled(Clock clock) throws IOException {
    Factory factory = Factory.open(options.folder(), FactoryOptions.of(FLEET));
    String prefix = "status-" + Long.toString(clock.millis(), Character.MAX_RADIX);
    List<DeviceId> ids = factory.make(prefix, options.crls());
    service.applyFleet(factory.fleetFile());
    service.importManifest(FLEET, factory.manifest());
    LeanEnrolment enrolment = new LeanEnrolment(service, FLEET);
    for (DeviceId id : ids) {
      enrolment.enrol(new BootstrapDevice(id, factory.credential(id)));
    }
    return ids;
  }

  /** Processor time from before the revocation until its CRL is there. */
  private StatusReport.Crl crl(DeviceId device)
      throws IOException, InterruptedException, TimeoutException {
    String before = tag();
    Duration cpu = service.cpuTime();
    long begun = System.nanoTime();
    service.revoke(device);
    while (tag().equals(before)) {
      if (System.nanoTime() - begun > LONGEST_CRL.toNanos()) {
        throw new TimeoutException("no CRL tells of " + device + " after " + LONGEST_CRL);
      }
      Thread.sleep(POLL_MILLIS);
    }
    double millis = (System.nanoTime() - begun) / 1e6;
    double cpuSeconds = service.cpuTime().minus(cpu).toMillis() / 1e3;
    byte[] der = fetch();
    return new StatusReport.Crl(entries(der), der.length, cpuSeconds, Math.round(millis));
  }

  private HttpURLConnection open(String method) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) service.status().resolve(crlPath).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("the CRL at " + connection.getURL() + " was answered with "
          + connection.getResponseCode());
    }
    return connection;
  }

  private String tag() throws IOException {
    return String.valueOf(open("HEAD").getHeaderField("ETag"));
  }

  private byte[] fetch() throws IOException {
    try (InputStream in = open("GET").getInputStream()) {
      return in.readAllBytes();
    }
  }

  private int entries(byte[] der) throws IOException {
    try {
      X509CRL crl = (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      crl.verify(options.issuer().getPublicKey());
      return crl.getRevokedCertificates() == null
          ? 0
          : crl.getRevokedCertificates().size();
    } catch (GeneralSecurityException e) {
      throw new IOException("the CRL cannot be verified: " + e.getMessage(), e);
    }
  }
}
