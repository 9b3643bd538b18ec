package io.mintmark.provisioning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Issued;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.http.DeviceServer;
import io.mintmark.provisioning.http.OperatorServer;
import io.mintmark.provisioning.http.SigningRequestDecoder;
import io.mintmark.provisioning.http.StatusServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running provisioning service: the core of a data folder behind its two HTTPS ports
 * and, where it is wanted, the port of CRLs and OCSP. {@link
 * #start} again after {@link #close}, in the same process or another, goes on where it was.
 * Thread-safe.
 */
public final class ProvisioningService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ProvisioningService.class);

  /** Often, because clocks are set and machines sleep; a look costs next to nothing. */
  private static final long RENEWAL_CHECK_SECONDS = 1;

  /** Revocations of one such moment share a CRL. */
  private static final long CRL_CHECK_SECONDS = 1;

  private static final long LONGEST_STOP_SECONDS = 5;

  private final Provisioning core;
  private final DeviceServer devices;
  private final OperatorServer operators;
  private final StatusServer status;
  private final String host;
  private final ScheduledExecutorService upkeep;

  private ProvisioningService(
      Provisioning core,
      DeviceServer devices,
      OperatorServer operators,
      StatusServer status,
      String host) {
    this.core = core;
    this.devices = devices;
    this.operators = operators;
    this.status = status;
    this.host = host;
    this.upkeep = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "mintmark-upkeep");
      thread.setDaemon(true);
      return thread;
    });
  }

  /**
   * Opens the data folder, making what an empty one lacks, listens on its ports and writes {@code
   * endpoints.json}.
   *
   * @throws StartException with one clear line if any of it cannot be done; nothing is left open
   */
  public static ProvisioningService start(ProvisioningConfig config) throws StartException {
    return start(config, null);
  }

  /**
   * The same, to be a trial to who writes clients.
   *
   * @param misbehaviour how it answers devices badly on purpose; null for not at all
   */
  public static ProvisioningService start(ProvisioningConfig config, Misbehaviour misbehaviour)
      throws StartException {
    if (misbehaviour != null) {
      LOG.warn("MISBEHAVING ON PURPOSE: devices are answered late, wrong or not at all");
    }
    Provisioning core = Provisioning.open(config);
    DeviceServer devices = null;
    OperatorServer operators = null;
    StatusServer status = null;
    boolean started = false;
    try {
      devices = DeviceServer.start(core, config.bindAddress(), config.devicePort(), misbehaviour);
      operators = OperatorServer.start(core, config.bindAddress(), config.operatorPort());
      if (config.statusPort() != ProvisioningConfig.NO_PORT) {
        core.crls().publishDue();
        status =
            StatusServer.start(core, config.bindAddress(), config.statusPort(), config.clock());
      }
      ProvisioningService service = new ProvisioningService(
          core, devices, operators, status, config.hosts().get(0));
      service.writeEndpoints(config.data().resolve("endpoints.json"));
      service.watchOwnCertificate(config.clock());
      service.watchCrls();
      core.runWorker().start();
      LOG.info(
          "provisioning service of {}: devices and brokers at {}, operators at {}, CRLs and OCSP at {}",
          service.trustDomain(),
          service.deviceUri(),
          service.operatorUri(),
          service.statusUri().map(URI::toString).orElse("no port"));
      started = true;
      return service;
    } finally {
      if (!started) {
        closeAll(core, devices, operators, status);
      }
    }
  }

  private void writeEndpoints(Path file) throws StartException {
    Map<String, String> endpoints = new LinkedHashMap<>();
    endpoints.put("service", deviceUri().toString());
    endpoints.put("operator", operatorUri().toString());
    statusUri().ifPresent(uri -> endpoints.put("status", uri.toString()));
    try {
      AtomicFile.write(file, new ObjectMapper().writeValueAsString(endpoints) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("some addresses cannot fail to become JSON", e);
    } catch (IOException e) {
      throw new StartException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private void watchOwnCertificate(Clock clock) {
    ServiceRenewal renewal = new ServiceRenewal(core.tls(), this::show, clock);
    ScheduledFuture<?> unused = upkeep.scheduleWithFixedDelay(
        renewal::look, RENEWAL_CHECK_SECONDS, RENEWAL_CHECK_SECONDS, TimeUnit.SECONDS);
    core.onIssuersChange(() -> upkeep.execute(renewal::look));
  }

  private void show(Credential credential) {
    devices.use(credential);
    operators.use(credential);
  }

  private void watchCrls() {
    if (status != null) {
      ScheduledFuture<?> unused = upkeep.scheduleWithFixedDelay(
          () -> {
            try {
              core.crls().publishDue();
            } catch (RuntimeException e) {
              LOG.error("CRLs could not be looked after; trying again", e);
            }
          },
          CRL_CHECK_SECONDS,
          CRL_CHECK_SECONDS,
          TimeUnit.SECONDS);
    }
  }

  /** Where devices and brokers find it: the first configured host and the port it listens on. */
  public URI deviceUri() {
    return uri("https", devices.port());
  }

  /** Where operators find it. */
  public URI operatorUri() {
    return uri("https", operators.port());
  }

  /** Where CRLs and OCSP are, if they have a port. */
  public Optional<URI> statusUri() {
    return Optional.ofNullable(status).map(s -> uri("http", s.port()));
  }

  /** How many brokers wait for news of the feed now: those that will hear at once. */
  public int waitingBrokers() {
    return devices.parked();
  }

  private URI uri(String scheme, int port) {
    // An IPv6 address stands in brackets (RFC 3986, section 3.2.2).
    return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  /** The installation's name. */
  public TrustDomain trustDomain() {
    return core.trustDomain();
  }

  /** The roots everybody should trust. */
  public List<X509Certificate> trustAnchors() {
    return core.authority().trustAnchors();
  }

  /** Whether a certificate is by the CA that issues now. */
  public boolean issues(X509Certificate certificate) {
    return Issued.by(certificate, core.authority().issuing());
  }

  /**
   * A certificate for a broker that runs in this process.
   *
   * @param name the broker's name
   * @param csr a PKCS#10 request, DER or PEM
   * @param hosts DNS names and IP addresses devices reach the broker by
   * @return leaf first, without the root
   * @throws Refusal INVALID if the name, a host or the request is not acceptable
   */
  public List<X509Certificate> certifyBroker(String name, byte[] csr, List<String> hosts)
      throws Refusal {
    X509Certificate leaf =
        core.brokers().certify(name, SigningRequestDecoder.decode(csr), hosts, AuditLog.SYSTEM);
    return core.authority().chain(leaf);
  }

  /** Stops listening, then closes the registry. Repeating it changes nothing. */
  @Override
  public void close() {
    upkeep.shutdown();
    try {
      // A CRL being made needs the registry to its end.
      if (!upkeep.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
        upkeep.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeAll(core, devices, operators, status);
  }

  /** The registry last, for requests still being answered need it; each whatever others throw. */
  private static void closeAll(
      Provisioning core, DeviceServer devices, OperatorServer operators, StatusServer status) {
    try (core;
        devices;
        operators;
        status) {
      LOG.debug("stopping");
    }
  }
}
