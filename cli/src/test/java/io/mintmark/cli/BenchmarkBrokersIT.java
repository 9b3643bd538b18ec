package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks with brokers, as {@link BenchmarkIT} runs the others. */
@Timeout(300)
class BenchmarkBrokersIT {

  @TempDir
  Path folder;

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

  /** Whether bars are reached is no matter here. */
  private JsonNode broker(String... arguments) throws Exception {
    Path json = folder.resolve("report.json");
    List<String> all = new ArrayList<>(List.of("benchmark"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--json", json.toString()));
    Launcher.Result result = Launcher.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isIn(0, 1);
    assertThat(json).as(result.all()).exists();
    return BenchmarkIT.read(json);
  }
}
