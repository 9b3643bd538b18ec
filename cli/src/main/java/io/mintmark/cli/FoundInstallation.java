package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.TlsFace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An installation that was there before, on this machine or elsewhere. Not ours to switch off. */
final class FoundInstallation extends OperatedTarget {

  /**
   * Where it is.
   *
   * @param service where devices enrol
   * @param operator its operator API; null if it is not known
   * @param status its CRLs and OCSP; null if it is not known
   * @param webSocket its MQTT over WebSocket; null if it is not known
   * @param token opens the operator API, a secret; null if this run is no operator's
   * @param trust its roots
   * @param trustFile where these are from
   * @param brokerHost where devices connect
   * @param brokerPort the same
   * @param brokerFolder of its broker, if that is on this machine and its CAs may be changed; else null
   */
  record Address(
      URI service,
      URI operator,
      URI status,
      URI webSocket,
      String token,
      List<X509Certificate> trust,
      Path trustFile,
      String brokerHost,
      int brokerPort,
      Path brokerFolder) {}

  private final Address address;
  private final OperatorClient operator;
  private final ProcessHandle process;

  private FoundInstallation(Address address, OperatorClient operator, ProcessHandle process) {
    this.address = address;
    this.operator = operator;
    this.process = process;
  }

  /**
   * Looks whether all of it is there and is one installation; changes nothing.
   *
   * @throws CommandFailure with one line if it is not
   */
  static FoundInstallation find(Address address) throws CommandFailure {
    look("the service", address.service().getHost(), address.service().getPort(), address);
    requireEst(address);
    if (address.operator() != null) {
      look("the operator API", address.operator().getHost(), address.operator().getPort(), address);
    }
    TlsFace broker = look("the broker", address.brokerHost(), address.brokerPort(), address);
    try {
      trustDomain(broker);
    } catch (IOException e) {
      throw unusable("what answers at " + address.brokerHost() + ":" + address.brokerPort()
          + " is no Mintmark broker: name its MQTT port with --broker HOST:PORT");
    }
    if (address.token() == null) {
      return new FoundInstallation(address, null, null);
    }
    OperatorClient operator =
        new OperatorClient(address.operator(), address.token(), address.trust());
    try {
      return new FoundInstallation(
          address, operator, process(address.operator().getHost(), operator.service()));
    } catch (CommandFailure e) {
      throw unusable("the operator API at " + address.operator() + " refuses: " + e.getMessage());
    }
  }

  /** Its broker and its operator API show the same roots. */
  private static void requireEst(Address address) throws CommandFailure {
    try {
      new EstClient(
              address.service().resolve("/.well-known/est"),
              Credential.anonymousTlsContext(address.trust()))
          .caCertificates();
    } catch (EstException e) {
      throw unusable("what answers at " + address.service() + " is no service that devices enrol"
          + " with: name it with --service https://HOST:8443");
    }
  }

  private static TlsFace look(String what, String host, int port, Address address)
      throws CommandFailure {
    TlsFace face;
    try {
      face = TlsFace.of(host, port);
    } catch (UnknownHostException e) {
      throw unusable(what + " at " + host + ":" + port + " cannot be found: no such host");
    } catch (ConnectException e) {
      throw unusable(
          what + " at " + host + ":" + port + " does not answer: is it running, on this port?");
    } catch (IOException e) {
      throw unusable(
          what + " at " + host + ":" + port + " does not answer as it should: " + e.getMessage());
    }
    if (!face.isTrustedBy(address.trust())) {
      throw unusable(what + " at " + host + ":" + port + " is not of the roots in "
          + address.trustFile() + ": its certificate is by '"
          + face.shows().get(0).getIssuerX500Principal().getName()
          + "'; name its own roots with --trust FILE");
    }
    return face;
  }

  /** Null if it is not on this machine: elsewhere its number is of another process. */
  private static ProcessHandle process(String host, JsonNode about) {
    return !isHere(host)
        ? null
        : ProcessHandle.of(about.path("pid").asLong(-1))
            .filter(
                each -> each.info().command().filter(c -> c.endsWith("java")).isPresent())
            .orElse(null);
  }

  /** Whether all addresses of a host are of this machine. */
  static boolean isHere(String host) {
    try {
      for (InetAddress each : InetAddress.getAllByName(host)) {
        if (!each.isLoopbackAddress() && NetworkInterface.getByInetAddress(each) == null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static CommandFailure unusable(String line) {
    return new CommandFailure(CommandFailure.UNUSABLE, line);
  }

  @Override
  public String describe() {
    return "service " + address.service() + ", broker " + address.brokerHost() + ":"
        + address.brokerPort();
  }

  @Override
  public Optional<URI> statusService() {
    return Optional.ofNullable(address.status());
  }

  @Override
  public Optional<URI> webSocket() {
    return Optional.ofNullable(address.webSocket());
  }

  @Override
  public Optional<URI> operatorApi() {
    return Optional.ofNullable(address.operator());
  }

  @Override
  public Optional<String> operatorToken() {
    return Optional.ofNullable(address.token());
  }

  /** Not there where no token is: what takes an operator is not asked of it then. */
  @Override
  public OperatorClient operator() {
    return Objects.requireNonNull(operator, "no operator's token was given");
  }

  @Override
  public URI service() {
    return address.service();
  }

  @Override
  public List<X509Certificate> trust() {
    return address.trust();
  }

  @Override
  public String brokerHost() {
    return address.brokerHost();
  }

  @Override
  public int brokerPort() {
    return address.brokerPort();
  }

  @Override
  public Optional<Authorities> authorities() {
    Path folder = address.brokerFolder();
    return folder == null || Files.notExists(folder.resolve("credential.pem"))
        ? Optional.empty()
        : Optional.of(
            new OperatedAuthorities(operator, () -> BrokerFeed.roots(service(), folder, trust())));
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
  public Optional<Duration> cpuTime() throws IOException {
    return process == null ? Optional.empty() : Optional.of(ProcessCpu.of(process));
  }
}
