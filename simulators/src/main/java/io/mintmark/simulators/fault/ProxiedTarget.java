package io.mintmark.simulators.fault;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.scenario.Phase;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * An installation with a proxy before its service, its broker or both, as the faults of a scenario
 * need it. {@link #devices} go through the proxies; applications and operators, who measure, and brokers
 * go past them. Hosts stay as they are, ports are the proxies': certificates name hosts, so that is what
 * clients can be led by, and it takes an installation whose names lead to this machine. Thread-safe.
 */
public final class ProxiedTarget implements Target, AutoCloseable {

  private static final int HTTPS = 443;

  private final Target target;
  private FaultProxy service;
  private FaultProxy broker;

  private ProxiedTarget(Target target) {
    this.target = target;
  }

  /**
   * Puts proxies before what these phases want to go wrong, if any.
   *
   * @throws IllegalArgumentException if there cannot be one, with one line to show
   * @throws IOException if a port cannot be had
   */
  public static ProxiedTarget before(Target target, Collection<Phase> phases) throws IOException {
    ProxiedTarget proxied = new ProxiedTarget(target);
    try {
      for (Phase phase : phases) {
        if (phase instanceof FaultPhase fault && fault.needsProxy()) {
          proxied.putBefore(fault.part());
        }
      }
      return proxied;
    } catch (IOException | RuntimeException e) {
      proxied.close();
      throw e;
    }
  }

  private void putBefore(Part part) throws IOException {
    if (part == Part.SERVICE && service == null) {
      URI uri = target.service();
      service = proxy(part, uri.getHost(), uri.getPort() < 0 ? HTTPS : uri.getPort());
    } else if (part == Part.BROKER && broker == null) {
      broker = proxy(part, target.brokerHost(), target.brokerPort());
    }
  }

  private static FaultProxy proxy(Part part, String host, int port) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    if (!address.isLoopbackAddress() && NetworkInterface.getByInetAddress(address) == null) {
      throw new IllegalArgumentException("faults on the " + part.word()
          + " need a proxy in the way,"
          + " and '" + host + "' is another machine (" + address.getHostAddress()
          + "), whose certificate a proxy here could not show: run this where the " + part.word()
          + " runs, or leave the fault out");
    }
    return FaultProxy.start(
        new InetSocketAddress(address, 0), new InetSocketAddress(address, port));
  }

  /** The proxy before a part; empty if no phase needed one. */
  public Optional<FaultProxy> proxy(Part part) {
    return Optional.ofNullable(part == Part.SERVICE ? service : broker);
  }

  /** The installation as devices are to see it: behind the proxies. */
  public Site devices() {
    return new Devices();
  }

  private final class Devices implements Site {
    @Override
    public URI service() {
      URI uri = target.service();
      if (service == null) {
        return uri;
      }
      try {
        return new URI(
            uri.getScheme(), null, uri.getHost(), service.port(), uri.getPath(), null, null);
      } catch (URISyntaxException e) {
        throw new IllegalStateException(uri + " with another port is an address", e);
      }
    }

    @Override
    public String brokerHost() {
      return target.brokerHost();
    }

    @Override
    public int brokerPort() {
      return broker == null ? target.brokerPort() : broker.port();
    }

    @Override
    public List<X509Certificate> trust() {
      return target.trust();
    }

    @Override
    public TrustDomain trustDomain() {
      return target.trustDomain();
    }

    @Override
    public void applyFleet(Path yaml) throws IOException {
      target.applyFleet(yaml);
    }

    @Override
    public void importManifest(FleetId fleet, Path csv) throws IOException {
      target.importManifest(fleet, csv);
    }

    @Override
    public Credential application(String name, TopicGrants grants) throws IOException {
      return target.application(name, grants);
    }
  }

  @Override
  public URI service() {
    return target.service();
  }

  @Override
  public String brokerHost() {
    return target.brokerHost();
  }

  @Override
  public int brokerPort() {
    return target.brokerPort();
  }

  @Override
  public String describe() {
    return target.describe();
  }

  @Override
  public List<X509Certificate> trust() {
    return target.trust();
  }

  @Override
  public TrustDomain trustDomain() {
    return target.trustDomain();
  }

  @Override
  public void applyFleet(Path yaml) throws IOException {
    target.applyFleet(yaml);
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) throws IOException {
    target.importManifest(fleet, csv);
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    return target.application(name, grants);
  }

  @Override
  public void revoke(DeviceId device) throws IOException {
    target.revoke(device);
  }

  @Override
  public Optional<Authorities> authorities() {
    return target.authorities();
  }

  @Override
  public Optional<Power> servicePower() {
    return target.servicePower();
  }

  @Override
  public Optional<Power> brokerPower() {
    return target.brokerPower();
  }

  @Override
  public Optional<Duration> cpuTime() throws IOException {
    return target.cpuTime();
  }

  @Override
  public Optional<URI> webSocket() {
    return target.webSocket();
  }

  @Override
  public Optional<URI> statusService() {
    return target.statusService();
  }

  @Override
  public Optional<URI> operatorApi() {
    return target.operatorApi();
  }

  @Override
  public Optional<String> operatorToken() {
    return target.operatorToken();
  }

  /**
   * How many sockets the proxies of these phases will hold in this process besides the devices' own.
   *
   * @param devices how many are connected
   */
  public static long descriptors(int devices, Collection<Phase> phases) {
    boolean broker = phases.stream()
        .anyMatch(phase ->
            phase instanceof FaultPhase fault && fault.needsProxy() && fault.part() == Part.BROKER);
    // Each connection comes in and goes out again.
    return broker ? 2L * devices : 0;
  }

  /** Ends the proxies, and all connections through them; the installation goes on. */
  @Override
  public void close() {
    if (service != null) {
      service.close();
    }
    if (broker != null) {
      broker.close();
    }
  }
}
