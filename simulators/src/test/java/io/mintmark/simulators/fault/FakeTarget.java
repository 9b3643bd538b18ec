package io.mintmark.simulators.fault;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An installation that is two addresses, and tells what is done to its processes. */
final class FakeTarget implements Target {

  final List<String> done = new CopyOnWriteArrayList<>();
  String host = "localhost";
  int port = 1;
  boolean ours = true;
  boolean cannotEnd;

  @Override
  public String describe() {
    return "a fake";
  }

  @Override
  public URI service() {
    return URI.create("https://" + host + ":" + port);
  }

  @Override
  public String brokerHost() {
    return host;
  }

  @Override
  public int brokerPort() {
    return port;
  }

  @Override
  public Optional<Power> servicePower() {
    return power("service");
  }

  @Override
  public Optional<Power> brokerPower() {
    return power("broker");
  }

  private Optional<Power> power(String what) {
    return ours ? Optional.of(new Told(what)) : Optional.empty();
  }

  @Override
  public Optional<Authorities> authorities() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> cpuTime() {
    return Optional.of(Duration.ofSeconds(5));
  }

  @Override
  public List<X509Certificate> trust() {
    return List.of();
  }

  @Override
  public TrustDomain trustDomain() {
    return new TrustDomain("test.example");
  }

  @Override
  public void applyFleet(Path yaml) {
    done.add("applied " + yaml);
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) {
    done.add("imported " + fleet);
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    throw new IOException("no application " + name);
  }

  @Override
  public void revoke(DeviceId device) {
    done.add("revoked " + device);
  }

  private final class Told implements Power {
    private final String what;

    private Told(String what) {
      this.what = what;
    }

    @Override
    public void stop() throws IOException {
      end("stop ");
    }

    @Override
    public void kill() throws IOException {
      end("kill ");
    }

    private void end(String how) throws IOException {
      done.add(how + what);
      if (cannotEnd) {
        throw new IOException(what + " does not end");
      }
    }

    @Override
    public void start() {
      done.add("start " + what);
    }
  }
}
