package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks at small size, for whether they tell the truth and not for speed. */
@Timeout(300)
class BenchmarkIT {

  @TempDir
  Path folder;

  @Test
  void enrollComparesTwoServicesOfItsOwn() throws Exception {
    Path json = folder.resolve("enroll.json");
    Launcher.Result result = Launcher.mintmark(
        "benchmark", "enroll", "--devices", "40", "--warmup", "4", "--json", json.toString());
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
          "benchmark",
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
    Launcher.Result away = Verbs.mintmark("benchmark", "enroll", "--data", data.toString());
    assertThat(away.exitCode()).as(away.all()).isEqualTo(2);
    assertThat(away.err()).contains("does not answer");
  }

  @Test
  void statusMeasuresCrlsAndOcsp() throws Exception {
    Path json = folder.resolve("status.json");
    Launcher.Result result = Launcher.mintmark(
        "benchmark",
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
      Launcher.Result usage = Verbs.mintmark("benchmark", "status", odd[0], odd[1]);
      assertThat(usage.exitCode()).as(usage.all()).isEqualTo(2);
      assertThat(usage.err()).contains(odd[1]);
    }
  }

  @Test
  void connectMeasuresABrokerColdAndWarm() throws Exception {
    Path json = folder.resolve("connect.json");
    Launcher.Result result = Launcher.mintmark(
        "benchmark",
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
    assertThat(Verbs.mintmark("benchmark", "connect", "--devices", "8").err())
        .contains("32 connections at a time are not possible");
    assertThat(Verbs.mintmark("benchmark", "connect", "--cold", "0s").err()).contains("for 0 s");
    assertThat(Verbs.mintmark("benchmark").exitCode()).isEqualTo(2);
    assertThat(Verbs.mintmark("benchmark", "rollover", "--devices", "0").exitCode())
        .isEqualTo(2);
    assertThat(Verbs.mintmark("benchmark", "rollover", "--lifetime", "9s").err())
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
      Launcher.Result usage = Verbs.mintmark("benchmark", odd[0], odd[1], odd[2]);
      assertThat(usage.exitCode()).as(usage.all()).isEqualTo(2);
      assertThat(usage.err()).contains(odd[2], "not possible");
    }
  }

  private static void assertUsage(String option, String value) {
    Launcher.Result result = Verbs.mintmark("benchmark", "enroll", option, value);
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

  static JsonNode read(Path json) throws Exception {
    return new ObjectMapper().readTree(Files.readString(json));
  }
}
