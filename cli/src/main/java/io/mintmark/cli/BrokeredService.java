package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.simulators.RegisteredDevices;
import io.mintmark.simulators.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * A service and its broker, each in a process of its own, for devices on the SDK.
 *
 * @param running the service
 * @param brokerPort where the broker listens on this machine
 * @param clock what time it is for them
 */
record BrokeredService(RunningService running, int brokerPort, Clock clock)
    implements Site, RegisteredDevices {

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
    return running.application(name, grants);
  }

  @Override
  public URI service() {
    return running.service();
  }

  @Override
  public List<X509Certificate> trust() {
    return running.trust();
  }

  @Override
  public void applyFleet(Path yaml) throws IOException {
    running.applyFleet(yaml);
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) throws IOException {
    running.importManifest(fleet, csv);
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
