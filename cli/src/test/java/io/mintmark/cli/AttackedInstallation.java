package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.MintmarkBroker;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import io.mintmark.simulators.Authorities;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A whole installation in this process with all its ports, as {@code mintmark up} has them. */
final class AttackedInstallation extends OperatedTarget implements AutoCloseable {

  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1");

  private final ProvisioningService service;
  private final MintmarkBroker broker;
  private final OperatorClient operator;

  AttackedInstallation(Path data) throws Exception {
    Files.createDirectories(data);
    // As long as the broker gives it: who trickles a handshake is waited for.
    Files.writeString(data.resolve("service.yaml"), "limits: {timeouts: {handshake: 8s}}\n");
    service = ProvisioningService.start(new ProvisioningConfig(
        data, null, HOSTS, "127.0.0.1", 0, 0, 0, null, null, Clock.systemUTC()));
    operator = new OperatorClient(
        service.operatorUri(),
        Files.readString(data.resolve("operator.token")).strip(),
        service.trustAnchors());
    Path folder = data.resolve("broker");
    BrokerCredential.ensure(service, folder, "local", HOSTS);
    broker = MintmarkBroker.start(BrokerConfig.of(folder, service.deviceUri())
        .websocketPort(FreePort.find())
        .warmUp(Duration.ZERO)
        .build());
  }

  @Override
  public OperatorClient operator() {
    return operator;
  }

  @Override
  public String describe() {
    return "own, in this process";
  }

  @Override
  public URI service() {
    return service.deviceUri();
  }

  @Override
  public List<X509Certificate> trust() {
    return service.trustAnchors();
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public int brokerPort() {
    return broker.port();
  }

  @Override
  public Optional<URI> webSocket() {
    return Optional.of(
        URI.create("wss://localhost:" + broker.websocketPort().orElseThrow() + "/mqtt"));
  }

  @Override
  public Optional<URI> statusService() {
    return service.statusUri();
  }

  @Override
  public Optional<Authorities> authorities() {
    return Optional.empty();
  }

  @Override
  public Optional<Power> servicePower() {
    return Optional.empty();
  }

  @Override
  public Optional<Power> brokerPower() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> cpuTime() {
    return Optional.empty();
  }

  @Override
  public void close() {
    broker.close();
    service.close();
  }
}
