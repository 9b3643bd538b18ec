package io.mintmark.cli;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.LivingSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * A service with CRLs and OCSP, and its broker.
 *
 * @param brokered both
 */
record LifetimeSite(BrokeredService brokered) implements LivingSite {

  private RunningService running() {
    return brokered.running();
  }

  @Override
  public Authorities authorities() {
    return new OperatedAuthorities(running().operator(), running()::trust);
  }

  @Override
  public URI ocsp() {
    return running().status().resolve("/ocsp");
  }

  @Override
  public URI crl(String issuer) {
    return running().status().resolve(StatusAddresses.crlPath(issuer));
  }

  @Override
  public List<String> auditFaults() throws IOException {
    AuditCheck check = new AuditCheck(running().trust(), List.of(), false);
    try {
      OperatorAudit.read(running().operator(), 0, check);
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
    AuditCheck.Result result = check.end();
    List<String> faults = new ArrayList<>();
    result.findings().forEach(finding -> faults.add(finding.text()));
    if (result.covering() == null) {
      faults.add("none of its " + result.rows() + " rows is signed");
    }
    return faults;
  }

  @Override
  public Standing standing(DeviceId device) throws IOException {
    return brokered.standing(device);
  }

  @Override
  public TrustDomain trustDomain() {
    return brokered.trustDomain();
  }

  @Override
  public String brokerHost() {
    return brokered.brokerHost();
  }

  @Override
  public int brokerPort() {
    return brokered.brokerPort();
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    return brokered.application(name, grants);
  }

  @Override
  public URI service() {
    return brokered.service();
  }

  @Override
  public List<X509Certificate> trust() {
    return brokered.trust();
  }

  @Override
  public void applyFleet(Path yaml) throws IOException {
    brokered.applyFleet(yaml);
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) throws IOException {
    brokered.importManifest(fleet, csv);
  }
}
