package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A running service on free ports, a factory, and what an operator and a device do with it. */
final class RunningService implements AutoCloseable {

  static final FleetId SENSORS = new FleetId("sensors");

  final HeldCertificate factory =
      HeldCertificate.builder().commonName("factory").authority(1).build();
  final Path data;
  private final Clock clock;
  private ProvisioningService service;

  private final int statusPort;

  private RunningService(Path data, int statusPort, Clock clock) throws StartException {
    this.data = data;
    this.statusPort = statusPort;
    this.clock = clock;
    start();
  }

  /** With the fleet {@code sensors} and these devices in its manifest, without pins. */
  static RunningService of(Path data, String... devices) throws Exception {
    return of(data, Clock.systemUTC(), devices);
  }

  /** The same by another clock. */
  static RunningService of(Path data, Clock clock, String... devices) throws Exception {
    return of(new RunningService(data, ProvisioningConfig.NO_PORT, clock), devices);
  }

  /**
   * With a port for CRLs and OCSP besides.
   *
   * @param url what certificates call it
   * @param port 0 for a free one
   */
  static RunningService withStatus(Path data, String url, int port, String... devices)
      throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("service.yaml"), "status-url: " + url + "\n");
    return of(new RunningService(data, port, Clock.systemUTC()), devices);
  }

  private static RunningService of(RunningService running, String... devices) throws Exception {
    running.applyFleet("sensors", "7d");
    StringBuilder manifest = new StringBuilder("device,pin\n");
    for (String device : devices) {
      manifest.append(device).append(",\n");
    }
    running.importManifest("sensors", manifest.toString());
    return running;
  }

  static ProvisioningConfig config(Path data, int devicePort, int operatorPort) {
    return config(data, devicePort, operatorPort, ProvisioningConfig.NO_PORT, Clock.systemUTC());
  }

  private static ProvisioningConfig config(
      Path data, int devicePort, int operatorPort, int statusPort, Clock clock) {
    return new ProvisioningConfig(
        data, null, null, "127.0.0.1", devicePort, operatorPort, statusPort, null, null, clock);
  }

  void start() throws StartException {
    service = ProvisioningService.start(config(data, 0, 0, statusPort, clock));
  }

  void stop() {
    service.close();
  }

  ProvisioningService service() {
    return service;
  }

  String fleetYaml(String id, String lifetime) {
    return fleetYaml(id, lifetime, "{mode: manifest}");
  }

  /** {@code enrolment} is one line of YAML in braces. */
  String fleetYaml(String id, String lifetime, String enrolment) {
    return """
        fleet: %s
        factory-cas:
          - |
        %s
        enrolment: %s
        certificate:
          lifetime: %s
          backdate: 5m
        mqtt:
          client-id: ${device}
          publish: ["telemetry/${fleet}/${device}/#"]
          subscribe: ["commands/${fleet}/${device}/#"]
        """.formatted(
            id, factory.certificatePem().indent(6).stripTrailing(), enrolment, lifetime);
  }

  RawHttps.Answer applyFleet(String id, String lifetime) throws IOException {
    return expect(
        200, operate("PUT", "/api/v1/fleets", "application/yaml", fleetYaml(id, lifetime)));
  }

  /** Applies a fleet that enrols in some way. */
  RawHttps.Answer applyEnrolment(String id, String enrolment) throws IOException {
    return expect(
        200, operate("PUT", "/api/v1/fleets", "application/yaml", fleetYaml(id, "7d", enrolment)));
  }

  RawHttps.Answer importManifest(String fleet, String csv) throws IOException {
    return expect(200, operate("POST", "/api/v1/fleets/" + fleet + "/manifest", "text/csv", csv));
  }

  /** A bootstrap certificate by the factory. */
  HeldCertificate bootstrap(String device) {
    return HeldCertificate.builder().commonName(device).signedBy(factory).build();
  }

  /** One enrolment request as it goes over the wire. */
  RawHttps.Answer enroll(String fleet, Credential credential, byte[] request) throws IOException {
    return device(credential)
        .post(
            "/.well-known/est/" + fleet + "/simpleenroll",
            "application/pkcs10",
            request,
            "Accept: */*");
  }

  EstClient est(Credential credential) {
    return new EstClient(
        EstClient.label(service.deviceUri(), SENSORS),
        credential.tlsContext(service.trustAnchors()));
  }

  /** A client of the device port; null for one without a certificate. */
  RawHttps device(Credential credentialOrNull) {
    return new RawHttps(
        service.deviceUri().getPort(),
        credentialOrNull == null
            ? Credential.anonymousTlsContext(service.trustAnchors())
            : credentialOrNull.tlsContext(service.trustAnchors()));
  }

  /** A client of the operator port, without a token. */
  RawHttps operator() {
    return new RawHttps(
        service.operatorUri().getPort(), Credential.anonymousTlsContext(service.trustAnchors()));
  }

  String token() throws IOException {
    return Files.readString(data.resolve("operator.token")).strip();
  }

  /** Sends with the operator's token. */
  RawHttps.Answer operate(String method, String path, String mediaType, String body)
      throws IOException {
    String authorization = "Authorization: Bearer " + token();
    return body == null
        ? operator().send(method, path, null, authorization)
        : operator()
            .send(method, path, body.getBytes(UTF_8), authorization, "Content-Type: " + mediaType);
  }

  JsonNode read(String path) throws IOException {
    return json(expect(200, operate("GET", path, null, null)));
  }

  JsonNode post(String path) throws IOException {
    return json(expect(200, operate("POST", path, null, null)));
  }

  static JsonNode json(RawHttps.Answer answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }

  static RawHttps.Answer expect(int status, RawHttps.Answer answer) {
    if (answer.status() != status) {
      throw new AssertionError(
          "expected " + status + ", got " + answer.status() + ": " + answer.body());
    }
    return answer;
  }

  /** Every row of every table: equal before and after means that nothing was changed. */
  List<String> registry() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet found =
          statement.executeQuery("select name from sqlite_master where type = 'table'")) {
        while (found.next()) {
          tables.add(found.getString(1));
        }
      }
      for (String table : tables) {
        try (ResultSet found = statement.executeQuery("select * from " + table)) {
          int columns = found.getMetaData().getColumnCount();
          while (found.next()) {
            StringBuilder row = new StringBuilder(table);
            for (int i = 1; i <= columns; i++) {
              row.append('|').append(found.getString(i));
            }
            rows.add(row.toString());
          }
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    service.close();
  }
}
