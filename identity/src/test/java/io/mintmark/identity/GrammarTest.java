package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrammarTest {

  @Test
  void itIsWhatTheClassesSay() {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      String text = String.valueOf((char) c);
      assertThat(DeviceId.isValid(text + "a"))
          .as(text)
          .isEqualTo((text + "a").matches("[A-Za-z0-9._-]{1,64}"));
      assertThat(FleetId.isValid(text)).as(text).isEqualTo(text.matches("[a-z0-9-]{1,63}"));
    }
  }

  @Test
  void lengthsCount() {
    assertThat(DeviceId.isValid("")).isFalse();
    assertThat(DeviceId.isValid("A".repeat(64))).isTrue();
    assertThat(DeviceId.isValid("A".repeat(65))).isFalse();
    assertThat(FleetId.isValid("a".repeat(63))).isTrue();
    assertThat(FleetId.isValid("a".repeat(64))).isFalse();
  }
}
