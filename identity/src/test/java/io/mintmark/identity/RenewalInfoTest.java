package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalInfoTest {

  @Test
  void readsTheWindow() {
    assertThat(RenewalInfo.window("""
        {
          "suggestedWindow": {
            "start": "2025-01-02T04:00:00Z",
            "end": "2025-01-03T04:00:00+01:00"
          },
          "explanationURL": "https://acme.example.com/docs/ari"
        }
        """))
        .isEqualTo(new RenewalWindow(
            Instant.parse("2025-01-02T04:00:00Z"), Instant.parse("2025-01-03T03:00:00Z")));
  }

  @Test
  void readsTheBundleIfItIsThere() {
    String fingerprint = "0a".repeat(32);

    assertThat(RenewalInfo.bundle("{\"suggestedWindow\":{},\"bundle\" : \"" + fingerprint + "\"}"))
        .isEqualTo(fingerprint);
    assertThat(RenewalInfo.bundle("{\"bundle\":\"0A\"}")).isNull();
    assertThat(RenewalInfo.bundle("{}")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "{}",
        "{\"suggestedWindow\":null}",
        "{\"suggestedWindow\":{}}",
        "{\"suggestedWindow\":{\"start\":\"2025-01-02T04:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":\"2025-01-02\",\"end\":\"2025-01-03\"}}",
        "{\"suggestedWindow\":{\"start\":\"2025-01-02T04:00:00\",\"end\":\"2025-01-03T04:00:00\"}}",
        "{\"suggestedWindow\":{\"start\":\"2025-01-03T04:00:00Z\",\"end\":\"2025-01-02T04:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":1,\"end\":2}}",
      })
  void refusesAnythingElse(String json) {
    assertThatThrownBy(() -> RenewalInfo.window(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsRetryAfter() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    assertThat(RetryAfter.parse(" 21600 ", now)).contains(Duration.ofHours(6));
    assertThat(RetryAfter.parse("Thu, 1 Jan 2026 00:01:00 GMT", now))
        .contains(Duration.ofMinutes(1));
    assertThat(RetryAfter.parse("Thu, 1 Jan 2025 00:01:00 GMT", now)).isEqualTo(Optional.empty());
    assertThat(RetryAfter.parse("Wed, 1 Jan 2025 00:01:00 GMT", now)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("999999999", now)).contains(Duration.ofDays(1));
    assertThat(RetryAfter.parse("Fri, 1 Jan 2027 00:01:00 GMT", now)).contains(Duration.ofDays(1));
    assertThat(RetryAfter.parse(null, now)).isEmpty();
    assertThat(RetryAfter.parse("-5", now)).isEmpty();
  }
}
