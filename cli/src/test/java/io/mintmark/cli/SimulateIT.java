package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios at small size, for whether they tell the truth and not for speed. */
@Timeout(300)
class SimulateIT {

  @TempDir
  Path folder;

  @Test
  void enrollComparesTwoServicesOfItsOwn() throws Exception {
    Path json = folder.resolve("enroll.json");
    Launcher.Result result = Launcher.mintmark(
        "simulate", "enroll", "--devices", "40", "--warmup", "4", "--json", json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    JsonNode report = read(json);
    assertThat(report.get("passed").asBoolean()).isTrue();
    assertThat(report.get("results")).hasSize(2);
    for (JsonNode each : report.get("results")) {
      assertMeasured(each, 40);
      assertThat(result.out()).contains(each.get("label").asText());
    }
    JsonNode fast = report.get("results").get(0);
    JsonNode stock = report.get("results").get(1);
    assertThat(stock.get("service").get("signatures").asText()).isEqualTo("SunEC");
    assertThat(report.get("rateRatio").asDouble())
        .isCloseTo(
            fast.get("ratePerSecond").asDouble() / stock.get("ratePerSecond").asDouble(),
            within(0.01));
    assertThat(result.out()).contains("synchronous=full", "server CPU", "times the rate of stock");
  }

  @Test
  void enrollMeasuresARunningService() throws Exception {
    Path data = folder.resolve("data");
    Path json = folder.resolve("enroll.json");
    try (Running service = Running.provisioning(data)) {
      Launcher.Result result = Verbs.mintmark(
          "simulate",
          "enroll",
          "--data",
          data.toString(),
          "--devices",
          "12",
          "--warmup",
          "3",
          "--json",
          json.toString());
      assertThat(result.exitCode()).as(result.all()).isZero();
      JsonNode report = read(json);
      assertThat(report.has("rateRatio")).isFalse();
      assertThat(report.get("results")).hasSize(1);
      assertMeasured(report.get("results").get(0), 12);
      // What it says of the service, the service's own registry says too.
      Launcher.Result listed =
          service.mintmark("device", "list", "--fleet", "storm", "--state", "active", "--json");
      assertThat(new ObjectMapper().readTree(listed.out())).hasSize(12 + 3);
    }
    Launcher.Result away = Verbs.mintmark("simulate", "enroll", "--data", data.toString());
    assertThat(away.exitCode()).as(away.all()).isEqualTo(2);
    assertThat(away.err()).contains("does not answer");
  }

  @Test
  void statusMeasuresCrlsAndOcsp() throws Exception {
    Path json = folder.resolve("status.json");
    Launcher.Result result = Launcher.mintmark(
        "simulate",
        "status",
        "--revoked",
        "30",
        "--crls",
        "2",
        "--certificates",
        "20",
        "--seconds",
        "1",
        "--json",
        json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    JsonNode report = read(json);
    assertThat(report.get("passed").asBoolean()).isTrue();
    assertThat(report.get("crls")).hasSize(2);
    assertThat(report.get("crls").get(1).get("entries").asInt()).isEqualTo(32);
    JsonNode ocsp = report.get("ocsp");
    assertThat(ocsp.get("answers").asInt()).isPositive();
    assertThat(ocsp.get("perCpuSecond").asInt()).isPositive();
    assertThat(ocsp.get("failures")).isEmpty();
    assertThat(result.out()).contains("entries", "for each s of service CPU");
    for (String[] odd : new String[][] {
      {"--revoked", "-1"}, {"--certificates", "0"}, {"--connections", "0"}, {"--crls", "0"}
    }) {
      Launcher.Result usage = Verbs.mintmark("simulate", "status", odd[0], odd[1]);
      assertThat(usage.exitCode()).as(usage.all()).isEqualTo(2);
      assertThat(usage.err()).contains(odd[1]);
    }
  }

  @Test
  void connectMeasuresABrokerColdAndWarm() throws Exception {
    Path json = folder.resolve("connect.json");
    Launcher.Result result = Launcher.mintmark(
        "simulate",
        "connect",
        "--brokers",
        "fast,mosquitto",
        "--devices",
        "20",
        "--concurrency",
        "4",
        "--cold",
        "1s",
        "--warmup",
        "0s",
        "--warm",
        "1s",
        "--broker-warm-up",
        "off",
        "--json",
        json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    JsonNode report = read(json);
    assertThat(report.get("passed").asBoolean()).isTrue();
    JsonNode fast = report.get("results").get(0);
    assertThat(fast.get("label").asText()).isEqualTo("fast");
    for (String phase : new String[] {"cold", "warm"}) {
      assertThat(fast.get(phase).get("connected").asInt()).isPositive();
      assertThat(fast.get(phase).get("failures")).isEmpty();
      assertThat(fast.get(phase).get("brokerCpuMillis").asDouble()).isPositive();
    }
    assertThat(report.get("bars")).hasSize(4);
    assertThat(result.out())
        .contains("----  warm rate over stock: not measured", "seconds to the open port");
    // Where it is not installed, that is said, and nothing is claimed of it.
    boolean mosquitto = MosquittoProcess.missing() == null;
    assertThat(report.get("results")).hasSize(mosquitto ? 2 : 1);
    assertThat(result.out())
        .contains(mosquitto ? "mosquitto 2." : "mosquitto was not measured: it is not installed");
  }

  @Test
  void oddOptionsAreUsage() {
    assertUsage("--devices", "0");
    assertUsage("--warmup", "-1");
    assertUsage("--concurrency", "0");
    assertUsage("--data", folder.resolve("nowhere").toString());
    assertThat(Verbs.mintmark("simulate", "connect", "--devices", "8").err())
        .contains("32 connections at a time are not possible");
    assertThat(Verbs.mintmark("simulate", "connect", "--cold", "0s").err()).contains("for 0 s");
    assertThat(Verbs.mintmark("simulate").exitCode()).isEqualTo(2);
    assertThat(Verbs.mintmark("simulate", "rollover", "--devices", "0").exitCode())
        .isEqualTo(2);
    assertThat(Verbs.mintmark("simulate", "rollover", "--lifetime", "9s").err())
        .contains("9s is not possible: use 10s to 1d");
    for (String[] odd : new String[][] {
      {"revoke", "--revocations", "5001"},
      {"revoke", "--rate", "0"},
      {"publish", "--subscribers", "41"},
      {"renew", "--renewals", "501"},
      {"footprint", "--clients", "0"},
      {"lifetime", "--days", "0"},
      {"idle", "--sessions", "0"}
    }) {
      Launcher.Result usage = Verbs.mintmark("simulate", odd[0], odd[1], odd[2]);
      assertThat(usage.exitCode()).as(usage.all()).isEqualTo(2);
      assertThat(usage.err()).contains(odd[2], "not possible");
    }
  }

  private static void assertUsage(String option, String value) {
    Launcher.Result result = Verbs.mintmark("simulate", "enroll", option, value);
    assertThat(result.exitCode()).as(result.all()).isEqualTo(2);
    assertThat(result.err()).contains(value);
  }

  private static void assertMeasured(JsonNode result, int devices) {
    assertThat(result.get("enrolled").asInt()).isEqualTo(devices);
    assertThat(result.get("latency").get("count").asInt()).isEqualTo(devices);
    assertThat(result.get("failures")).isEmpty();
    assertThat(result.get("ratePerSecond").asDouble()).isPositive();
    assertThat(result.get("serverCpuMillis").asDouble()).isPositive();
    assertThat(result.get("service").get("synchronous").asText()).isEqualTo("full");
  }

  private static JsonNode read(Path json) throws Exception {
    return new ObjectMapper().readTree(Files.readString(json));
  }

  /** Not how fast: that is for a quiet machine. */
  @Test
  void revokeCutsThoseRevokedAndNobodyElse() throws Exception {
    JsonNode report = broker("revoke", "--sessions", "12", "--revocations", "6", "--rate", "10");
    for (String stage : new String[] {"answered", "powerless", "cut"}) {
      assertThat(report.get(stage).get("count").asInt()).as(stage).isEqualTo(6);
    }
    for (String fault : new String[] {"notCut", "cutToo", "cameBack"}) {
      assertThat(report.get(fault).asInt()).as(fault).isZero();
    }
    assertThat(report.get("failures")).isEmpty();
    assertThat(report.get("bulk").get("cut").get("count").asInt()).isEqualTo(6);
    assertThat(report.get("bulk").get("notCut").asInt()).isZero();
  }

  @Test
  void publishCountsWhatIsDeliveredByBothBrokers() throws Exception {
    JsonNode report = broker(
        "publish",
        "--publishers",
        "4",
        "--subscribers",
        "2",
        "--rounds",
        "1",
        "--round",
        "1s",
        "--warmup",
        "0s");
    assertThat(report.get("results")).hasSize(2);
    for (JsonNode result : report.get("results")) {
      for (String qos : new String[] {"0", "1"}) {
        JsonNode round = result.get("rounds").get(qos).get(0);
        assertThat(round.get("delivered").asLong()).isPositive();
      }
      // With QoS 0 a broker may drop what a busy machine does not take from it.
      assertThat(result.get("rounds").get("1").get(0).get("lost").asLong()).isZero();
    }
    assertThat(report.get("bars").get(1).get("measured").asDouble()).isPositive();
  }

  @Test
  void idleLooksIntoTheHeapOfBothBrokers() throws Exception {
    JsonNode report = broker("idle", "--sessions", "20");
    assertThat(report.get("results")).hasSize(2);
    for (JsonNode result : report.get("results")) {
      assertThat(result.get("open").asInt()).isEqualTo(20);
    }
    assertThat(report.get("results").get(0).get("each").get("Mintmark").asLong())
        .isPositive();
    assertThat(report.get("results").get(1).get("each").get("Mintmark").asLong())
        .isZero();
  }

  /** Whether bars are reached is no matter here. */
  private JsonNode broker(String... arguments) throws Exception {
    Path json = folder.resolve("report.json");
    List<String> all = new ArrayList<>(List.of("simulate"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--json", json.toString()));
    Launcher.Result result = Launcher.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isIn(0, 1);
    assertThat(json).as(result.all()).exists();
    return read(json);
  }

  /** The story of docs/trust.md. */
  @Test
  void rolloverLosesNoDeviceAndNoMessageAndTheOldRootGoes() throws Exception {
    Path json = folder.resolve("rollover.json");
    Launcher.Result result = Launcher.mintmark(
        "simulate", "rollover", "--devices", "4", "--lifetime", "12s", "--json", json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out()).contains("PASS").doesNotContain("FAIL");
    JsonNode report = read(json);
    assertThat(report.get("passed").asBoolean()).isTrue();
    assertThat(report.get("claims")).hasSize(11);
    JsonNode figures = report.get("figures");
    assertThat(figures.get("devices.lost").asLong()).isZero();
    assertThat(figures.get("messages.lost").asLong()).isZero();
    assertThat(figures.get("messages.sent").asLong()).isGreaterThan(100);
    assertThat(result.err()).contains("0 of 5 devices hold it");
  }

  /** How long the gaps are is for a quiet machine. */
  @Test
  void renewLosesNothingAndKeepsSessions() throws Exception {
    JsonNode report = broker("renew", "--devices", "2", "--renewals", "8", "--rate", "100");
    assertThat(report.get("renewed").asInt()).isEqualTo(8);
    assertThat(report.get("sessionsKept").asInt()).isEqualTo(8);
    assertThat(report.get("connectionsLost").asInt()).isZero();
    assertThat(report.get("gap").get("count").asInt()).isEqualTo(8);
    assertThat(report.get("mostLive").asInt()).isBetween(1, 2);
    for (String flow : new String[] {"telemetry", "commands"}) {
      assertThat(report.get(flow).get("sent").asLong()).isPositive();
      assertThat(report.get(flow).get("lost").asLong()).isZero();
      assertThat(report.get(flow).get("unexplained").asLong()).isZero();
    }
  }

  /** Three of the ninety days of docs/sdk/renewals.md. */
  @Test
  void lifetimeLosesNoDeviceAndNoMessage() throws Exception {
    assumeThat(Faketime.find()).as("libfaketime, of Debian's package faketime").isNotNull();
    Path json = folder.resolve("lifetime.json");
    Launcher.Result result = Launcher.mintmark(
        "simulate",
        "lifetime",
        "--days",
        "3",
        "--devices",
        "2",
        "--pace",
        "100",
        "--json",
        json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    JsonNode figures = read(json).get("figures");
    assertThat(figures.get("days").asDouble()).isGreaterThanOrEqualTo(3);
    assertThat(figures.get("renewals.least").asInt()).isGreaterThanOrEqualTo(2);
    assertThat(figures.get("service.renewals").asInt()).isPositive();
    assertThat(figures.get("broker.renewals").asInt()).isPositive();
    assertThat(figures.get("messages.lost").asLong()).isZero();
  }
}
