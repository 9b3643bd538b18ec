package io.mintmark.simulators.fleet;

import io.mintmark.identity.Credential;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Takes down what it is asked for, and has nothing behind it. */
final class FakeSite implements Site {

  final List<String> fleets = new ArrayList<>();
  final List<String> manifests = new ArrayList<>();
  private final TrustDomain domain;
  private final List<X509Certificate> roots = new ArrayList<>();
  String fault;

  FakeSite(String domain) {
    this.domain = new TrustDomain(domain);
    addRoot();
  }

  void addRoot() {
    roots.add(HeldCertificate.builder().commonName("root").authority(1).build().certificate());
  }

  void dropFirstRoot() {
    roots.remove(0);
  }

  @Override
  public URI service() {
    return URI.create("https://localhost:1");
  }

  @Override
  public List<X509Certificate> trust() {
    return List.copyOf(roots);
  }

  @Override
  public void applyFleet(Path yaml) throws IOException {
    fleets.add(Files.readString(yaml));
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) throws IOException {
    if (fault != null) {
      throw new IOException(fault);
    }
    manifests.add(Files.readString(csv));
  }

  @Override
  public TrustDomain trustDomain() {
    return domain;
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public int brokerPort() {
    return 1;
  }

  @Override
  public Credential application(String name, TopicGrants grants) {
    throw new UnsupportedOperationException();
  }
}
