package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks too often, over real TLS; each test has addresses, devices and a fleet of its own. */
class RatesIT {

  private static final String CA_CERTIFICATES = "/.well-known/est/cacerts";

  private static final MovableClock CLOCK = new MovableClock();

  private static RunningService running;
  private static int nextAddress = 10;
  private final LogLines log = new LogLines();

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), """
        limits:
          rates:
            connections-per-address: 1/m burst 7
            requests-per-address: 6/m burst 4
            per-device: 6/m burst 2
            per-fleet: 6/m burst 4
            failed-tokens-per-address: 6/m burst 2
          exempt-addresses: [127.0.0.1]
          feed: {parked: 3, parked-per-broker: 2}
        """);
    running = RunningService.of(data, CLOCK, "r-1");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void attach() {
    log.attach();
  }

  @AfterEach
  void detach() {
    log.detach();
  }

  private static String newAddress() {
    return "127.0.3." + nextAddress++;
  }

  /** Says no, truly: no sooner than it names and then at once the answer is yes. */
  private void tooMany(RawHttps.Answer answer, String who, Asking again) throws Exception {
    RunningService.expect(429, answer);
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).contains(who, "try again in 10s").hasLineCount(1);
    assertThat(answer.header("Retry-After")).isEqualTo("10");
    CLOCK.move(Duration.ofSeconds(9));
    assertThat(again.ask().status()).isEqualTo(429);
    CLOCK.move(Duration.ofSeconds(1));
    assertThat(again.ask().status()).isEqualTo(200);
  }

  private interface Asking {
    RawHttps.Answer ask() throws Exception;
  }

  @Test
  void anAddress() throws Exception {
    RawHttps client = running.device(null).from(newAddress());
    for (int i = 0; i < 4; i++) {
      RunningService.expect(200, client.get(CA_CERTIFICATES));
    }
    List<String> before = running.registry();
    RawHttps.Answer answer = client.get(CA_CERTIFICATES);
    assertThat(running.registry()).isEqualTo(before);
    RunningService.expect(200, running.device(null).from(newAddress()).get(CA_CERTIFICATES));
    tooMany(answer, "too many requests from your address", () -> client.get(CA_CERTIFICATES));
    assertThat(log.lines())
        .as("two were, and a flood is not one of the log, too")
        .hasSize(1)
        .allMatch(line -> line.contains("requests to the device port put off: {429=1}"));
  }

  @Test
  void anAddressThatOnlyConnects() throws Exception {
    RawHttps client = running.device(null).from(newAddress());
    for (int i = 0; i < 7; i++) {
      client.connect().close();
    }
    assertThatThrownBy(() -> client.get(CA_CERTIFICATES)).isInstanceOf(IOException.class);
    RunningService.expect(200, running.device(null).from(newAddress()).get(CA_CERTIFICATES));
    assertThat(log.lines()).allMatch(line -> line.startsWith("INFO"));
  }

  @Test
  void anAddressThatIsExemptHasNoLimit() throws Exception {
    for (int i = 0; i < 10; i++) {
      RunningService.expect(200, running.device(null).get(CA_CERTIFICATES));
    }
  }

  @Test
  void aDeviceThatEnrols() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("r-1");
    Enrolments sensors = new Enrolments(running, "sensors");
    Enrolments.certificate(sensors.ask(bootstrap, Enrolments.request("r-1")));
    Enrolments.certificate(sensors.ask(bootstrap, Enrolments.request("r-1")));
    List<String> before = running.registry();
    RawHttps.Answer answer = sensors.ask(bootstrap, Enrolments.request("r-1"));
    assertThat(running.registry()).isEqualTo(before);
    assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("refused with 429"));
    tooMany(
        answer,
        "'spiffe://mintmark.local/fleet/sensors/device/r-1' asks too often",
        () -> sensors.ask(bootstrap, Enrolments.request("r-1")));
  }

  @Test
  void aDeviceThatRenewsAgainAndAgain() throws Exception {
    running.applyEnrolment("renewing", "{mode: open}");
    Credential first = enrolled("renewing", "n-1");
    Credential second = renewed("renewing", first);
    Credential third = renewed("renewing", second);
    List<String> before = running.registry();
    RawHttps.Answer answer = renew("renewing", third, CertificateRequest.newKeyPair());
    assertThat(running.registry()).isEqualTo(before);
    tooMany(
        answer, "asks too often", () -> renew("renewing", third, CertificateRequest.newKeyPair()));
  }

  @Test
  void aFleet() throws Exception {
    running.applyEnrolment("full", "{mode: open}");
    Enrolments full = new Enrolments(running, "full");
    for (int i = 0; i < 4; i++) {
      Enrolments.certificate(full.ask("f-" + i));
    }
    List<String> before = running.registry();
    RawHttps.Answer answer = full.ask("f-5");
    assertThat(running.registry()).isEqualTo(before);
    running.applyEnrolment("empty", "{mode: open}");
    Enrolments.certificate(new Enrolments(running, "empty").ask("e-1"));
    tooMany(answer, "too many devices of fleet 'full' ask", () -> full.ask("f-5"));
  }

  @Test
  void strangersDoNotUseUpWhatIsAFleets() throws Exception {
    running.applyEnrolment("calm", "{mode: open}");
    Enrolments calm = new Enrolments(running, "calm");
    for (int i = 0; i < 10; i++) {
      HeldCertificate stranger = HeldCertificate.builder().commonName("c-1").build();
      RunningService.expect(403, calm.ask(stranger, Enrolments.request("c-1")));
    }
    Enrolments.certificate(calm.ask("c-1"));
  }

  @Test
  void aDeviceThatAsksTooOftenDoesNotUseUpWhatIsItsFleets() throws Exception {
    running.applyEnrolment("patient", "{mode: open}");
    Enrolments patient = new Enrolments(running, "patient");
    HeldCertificate greedy = running.bootstrap("p-1");
    for (int i = 0; i < 10; i++) {
      patient.ask(greedy, Enrolments.request("p-1"));
    }
    Enrolments.certificate(patient.ask("p-2"));
  }

  @Test
  void whoHoldsAClaimDoesNotUseUpWhatIsADevices() throws Exception {
    running.applyEnrolment("claimed", "{mode: open}");
    Credential device = enrolled("claimed", "v-1");
    HeldCertificate shared = HeldCertificate.builder().commonName("shared").build();
    running.applyEnrolment("claimed", "{mode: claim, again: deny}");
    String body = "{\"certificate\": \"" + shared.certificatePem().replace("\n", "\\n")
        + "\", \"uses\": 5, \"endsAt\": \"2999-01-31T00:00:00Z\", \"anyDevice\": true}";
    RunningService.expect(
        200, running.operate("POST", "/api/v1/fleets/claimed/claims", "application/json", body));
    Enrolments claimed = new Enrolments(running, "claimed");
    for (int i = 0; i < 3; i++) {
      assertThat(claimed.ask(shared, Enrolments.request("v-1")).status()).isIn(403, 429);
    }
    RunningService.expect(200, renew("claimed", device, CertificateRequest.newKeyPair()));
  }

  @Test
  void whoHoldsASupersededCertificateUsesNothingUp() throws Exception {
    running.applyEnrolment("stolen", "{mode: open}");
    Credential first = enrolled("stolen", "s-1");
    Credential third = renewed("stolen", renewed("stolen", first));
    CLOCK.move(Duration.ofSeconds(20));
    for (int i = 0; i < 3; i++) {
      RunningService.expect(403, renew("stolen", first, CertificateRequest.newKeyPair()));
    }
    renewed("stolen", third);
  }

  @Test
  void anAddressWithWrongTokens() throws Exception {
    RawHttps client = running.operator().from(newAddress());
    String right = "Authorization: Bearer " + running.token();
    RunningService.expect(401, client.get("/api/v1/fleets", "Authorization: Bearer guess-1"));
    RunningService.expect(200, client.get("/api/v1/fleets", right));
    RunningService.expect(401, client.get("/api/v1/fleets", "Authorization: Bearer guess-2"));
    RawHttps.Answer answer = client.get("/api/v1/fleets", right);
    RunningService.expect(429, answer);
    assertThat(answer.header("Retry-After")).isEqualTo("10");
    assertThat(RunningService.json(answer).get("error").asText()).contains("wrong tokens");
    RunningService.expect(200, running.operator().get("/api/v1/fleets", right));
  }

  @Test
  void brokersThatWait() throws Exception {
    Credential one = broker("b-1");
    Credential two = broker("b-2");
    long head = RunningService.json(running.device(one).get("/v1/feed?after=0"))
        .get("head")
        .asLong();
    List<CompletableFuture<RawHttps.Answer>> parked = new ArrayList<>();
    for (Credential who : List.of(one, one, two)) {
      parked.add(CompletableFuture.supplyAsync(() -> poll(who, head)));
      int count = parked.size();
      await().until(() -> running.service().waitingBrokers() == count);
      if (count == 2) {
        RawHttps.Answer answer = poll(one, head);
        RunningService.expect(429, answer);
        assertThat(answer.header("Retry-After")).as("what it would have waited").isEqualTo("50");
        assertThat(answer.body()).contains("broker/b-1' has 2 requests waiting");
      }
    }
    RawHttps.Answer answer = poll(two, head);
    RunningService.expect(503, answer);
    assertThat(answer.header("Retry-After")).isEqualTo("5");
    // News for all that wait.
    running.applyEnrolment("news", "{mode: open}");
    for (CompletableFuture<RawHttps.Answer> each : parked) {
      RunningService.expect(200, each.get());
    }
    await().until(() -> running.service().waitingBrokers() == 0);
  }

  private static RawHttps.Answer poll(Credential who, long head) {
    try {
      return running.device(who).get("/v1/feed?wait=50&after=" + head);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Credential broker(String name) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = CertificateRequest.create(keys, name);
    return new Credential(
        keys.getPrivate(), running.service().certifyBroker(name, request, List.of("localhost")));
  }

  private static Credential enrolled(String fleet, String device) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    return new Credential(
        keys.getPrivate(),
        List.of(Enrolments.certificate(new Enrolments(running, fleet)
            .ask(running.bootstrap(device), Enrolments.request(keys, device)))));
  }

  private static Credential renewed(String fleet, Credential current) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    return new Credential(
        keys.getPrivate(), List.of(Enrolments.certificate(renew(fleet, current, keys))));
  }

  private static RawHttps.Answer renew(String fleet, Credential current, KeyPair keys)
      throws IOException {
    return running
        .device(current)
        .post(
            "/.well-known/est/" + fleet + "/simplereenroll",
            "application/pkcs10",
            CertificateRequest.renew(keys, current.certificate()));
  }
}
