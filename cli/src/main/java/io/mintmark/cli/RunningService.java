package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.PublishInstallation;
import io.mintmark.simulators.StatusService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** A service that runs on this machine in another process, found by its data folder. Thread-safe. */
final class RunningService implements StatusService, PublishInstallation, OperatedService {

  private final String label;
  private final URI uri;
  private final URI status;
  private final List<X509Certificate> trust;
  private final OperatorClient operator;
  private final Facts facts;
  private final ProcessHandle process;

  /**
   * Asks the service what it runs on.
   *
   * @param label what reports call it
   * @throws CommandFailure if no service runs with the folder
   */
  RunningService(String label, Path data) throws CommandFailure {
    this.label = label;
    try {
      Endpoints endpoints = Endpoints.read(data);
      uri = endpoints.service();
      status = endpoints.status();
      trust = Pem.certificates(Files.readString(data.resolve("trust.pem")));
      String token = Files.readString(data.resolve("operator.token")).strip();
      operator = new OperatorClient(endpoints.operator(), token, trust);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          CommandFailure.UNUSABLE,
          "no service can be found by the data folder " + data + " (" + e.getMessage()
              + "): is 'mintmark up' or 'mintmark provisioning' running with it?");
    }
    JsonNode about = operator.service();
    facts = new Facts(
        about.required("java").asText(),
        about.required("signatures").asText(),
        about.required("journal").asText(),
        about.required("synchronous").asText());
    long pid = about.required("pid").asLong();
    process = ProcessHandle.of(pid)
        .orElseThrow(() -> new CommandFailure(
            CommandFailure.UNUSABLE,
            "the service's process " + pid + " is not on this machine: its processor time cannot"
                + " be read; run this where the service runs"));
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Facts facts() {
    return facts;
  }

  @Override
  public Duration cpuTime() throws IOException {
    return ProcessCpu.of(process);
  }

  @Override
  public URI service() {
    return uri;
  }

  @Override
  public URI status() {
    return status;
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
  public List<X509Certificate> trust() {
    return trust;
  }

  @Override
  public OperatorClient operator() {
    return operator;
  }
}
