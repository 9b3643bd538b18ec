package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import io.mintmark.provisioning.StartException;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.Installation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * A whole installation of this process's own, on free ports of the loopback interface, operated
 * through the same operator API as any other.
 */
final class LocalInstallation implements Installation, OperatedService, AutoCloseable {

  private static final String HOST = "localhost";
  private static final List<String> HOSTS = List.of(HOST, "127.0.0.1");
  private static final String BIND = "127.0.0.1";

  private final Path data;
  private final MintmarkBroker broker;
  private final OperatorClient operator;
  private final URI deviceUri;
  private final URI operatorUri;
  private final TrustDomain trustDomain;
  private final List<X509Certificate> trust;
  private ProvisioningService service;

  private LocalInstallation(Path data, ProvisioningService service, MintmarkBroker broker)
      throws IOException {
    this.data = data;
    this.service = service;
    this.broker = broker;
    this.deviceUri = service.deviceUri();
    this.operatorUri = service.operatorUri();
    this.trustDomain = service.trustDomain();
    this.trust = service.trustAnchors();
    this.operator = new OperatorClient(
        operatorUri, Files.readString(data.resolve("operator.token")).strip(), trust);
  }

  /** Starts service and broker with their data below the folder. */
  static LocalInstallation start(Path folder) throws Exception {
    return start(folder, Duration.ZERO);
  }

  /** The same with a warm-up of the broker. */
  static LocalInstallation start(Path folder, Duration warmUp) throws Exception {
    Path data = folder.resolve("data");
    ProvisioningService service = ProvisioningService.start(config(data, 0, 0));
    try {
      Path brokerFolder = data.resolve("broker");
      BrokerCredential.ensure(service, brokerFolder, "local", HOSTS);
      MintmarkBroker broker = MintmarkBroker.start(
          BrokerConfig.of(brokerFolder, service.deviceUri()).warmUp(warmUp).build());
      return new LocalInstallation(data, service, broker);
    } catch (Exception e) {
      service.close();
      throw e;
    }
  }

  private static ProvisioningConfig config(Path data, int devicePort, int operatorPort) {
    return new ProvisioningConfig(
        data,
        null,
        HOSTS,
        BIND,
        devicePort,
        operatorPort,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC());
  }

  @Override
  public URI service() {
    return deviceUri;
  }

  URI operatorUri() {
    return operatorUri;
  }

  @Override
  public String brokerHost() {
    return HOST;
  }

  @Override
  public int brokerPort() {
    return broker.port();
  }

  @Override
  public List<X509Certificate> trust() {
    return trust;
  }

  @Override
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  @Override
  public OperatorClient operator() {
    return operator;
  }

  /** Its CAs. */
  Authorities authorities() {
    return new OperatedAuthorities(
        operator, () -> BrokerFeed.roots(deviceUri, data.resolve("broker"), trust));
  }

  @Override
  public void revoke(DeviceId device) throws IOException {
    OperatedService.super.revoke(device);
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    return OperatedService.super.application(name, grants);
  }

  @Override
  public synchronized void stopService() {
    service.close();
  }

  @Override
  public synchronized void startService() throws IOException {
    try {
      service = ProvisioningService.start(config(data, deviceUri.getPort(), operatorUri.getPort()));
    } catch (StartException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    broker.close();
    service.close();
  }
}
