package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.simulators.Authorities;
import io.mintmark.simulators.LivingSite;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A service and its broker, each in a process of its own, for devices on the SDK.
 *
 * @param running the service
 * @param brokerPort where the broker listens on this machine
 * @param clock what time it is for them
 */
record BrokeredService(RunningService running, int brokerPort, Clock clock)
    implements LivingSite, ServedByProcess {

  /** What a service is called that was not told. */
  private static final TrustDomain TRUST_DOMAIN = new TrustDomain("mintmark.local");

  @Override
  public TrustDomain trustDomain() {
    return TRUST_DOMAIN;
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public Credential application(String name, TopicGrants grants) throws IOException {
    return ServedByProcess.super.application(name, grants);
  }

  @Override
  public Authorities authorities() {
    return new OperatedAuthorities(running.operator(), running::trust);
  }

  @Override
  public URI ocsp() {
    return running.status().resolve("/ocsp");
  }

  @Override
  public URI crl(String issuer) {
    return running.status().resolve(StatusAddresses.crlPath(issuer));
  }

  @Override
  public List<String> auditFaults() throws IOException {
    AuditCheck check = new AuditCheck(running.trust(), List.of(), false);
    try {
      OperatorAudit.read(running.operator(), 0, check);
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
    JsonNode shown;
    try {
      shown = running.operator().device(device.value());
    } catch (CommandFailure e) {
      throw new IOException(e.getMessage(), e);
    }
    Instant now = clock.instant();
    int live = 0;
    for (JsonNode each : shown.path("certificates")) {
      boolean good = each.path("state").asText().equalsIgnoreCase("issued");
      live += good && Instant.parse(each.path("notAfter").asText()).isAfter(now) ? 1 : 0;
    }
    return new Standing(
        shown.path("certificates").size(), live, shown.path("clones").size());
  }
}
