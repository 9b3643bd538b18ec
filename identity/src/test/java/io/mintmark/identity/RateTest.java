package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

  @Test
  void isReadAsPeopleWriteIt() {
    assertThat(Rate.parse("10/s")).isEqualTo(new Rate(10, Duration.ofSeconds(1), 10));
    assertThat(Rate.parse("30/m burst 60")).isEqualTo(new Rate(30, Duration.ofMinutes(1), 60));
    assertThat(Rate.parse("1/h burst 1000000"))
        .isEqualTo(new Rate(1, Duration.ofHours(1), 1_000_000));
    assertThat(Rate.parse("unlimited").isUnlimited()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "10/d",
        "0/s",
        "10/s burst 0",
        "1000001/s",
        "1/s burst 1000001",
        "-1/s",
        "10 / s",
        "10/s burst",
        "Unlimited",
        "1.5/s"
      })
  void isRefusedWithTheValueAndTheForm(String text) {
    assertThatThrownBy(() -> Rate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is not a rate: use NUMBER/s, /m or /h");
  }
}
