package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoReportTest {

  private static final Claim ENROLLED = Claim.of("enrolled", true, "50/50 (212/s)", "");
  private static final Claim LEAKED =
      Claim.of("foreign topic refused", false, "0/1", "the watcher saw the message");

  private static DemoReport report(Claim... claims) {
    return new DemoReport(
        Instant.parse("2026-02-01T00:00:00Z"),
        Instant.parse("2026-02-01T00:00:52Z"),
        50,
        new Environment(
            "17.0.15", "OpenJDK", "Linux 6", "amd64", "a processor", 2, 1024, 4096, "SunEC"),
        List.of(claims),
        Map.of("enrolment.rate-per-s", 212.4));
  }

  @Test
  void passesOnlyIfEveryClaimHolds() {
    assertThat(report(ENROLLED).passed()).isTrue();
    assertThat(report(ENROLLED, LEAKED).passed()).isFalse();
    assertThat(report(ENROLLED, Claim.notRun("connected", "no device")).passed())
        .isFalse();
    assertThat(report().passed()).isFalse();
  }

  @Test
  void theTableShowsEachClaimAndWhyOneFailed() {
    assertThat(report(ENROLLED, LEAKED).table()).isEqualTo("""
        PASS  enrolled               50/50 (212/s)
        FAIL  foreign topic refused  0/1
              the watcher saw the message

        1 of 2 claims hold. 50 devices, 52 s, Java 17.0.15, 2 processors, ECDSA by SunEC
        """);
  }

  @Test
  void aClaimRefutedLaterKeepsItsFigureAndBothReasons() {
    assertThat(Claim.of("x", true, "1/1", "PUBACK 0x87").refuted("arrived after all"))
        .isEqualTo(new Claim("x", false, "1/1", "arrived after all; PUBACK 0x87"));
  }

  @Test
  void theJsonHoldsEverything() throws Exception {
    JsonNode json = new ObjectMapper().readTree(report(ENROLLED, LEAKED).toJson());

    assertThat(json.get("passed").booleanValue()).isFalse();
    assertThat(json.get("started").textValue()).isEqualTo("2026-02-01T00:00:00Z");
    assertThat(json.get("claims").get(1).get("detail").textValue())
        .isEqualTo("the watcher saw the message");
    assertThat(json.get("figures").get("enrolment.rate-per-s").doubleValue()).isEqualTo(212.4);
    assertThat(json.get("environment").get("signatures").textValue()).isEqualTo("SunEC");
  }
}
