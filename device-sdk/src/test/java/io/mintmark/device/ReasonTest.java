package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {

  @ParameterizedTest
  @CsvSource({
    "0x87, RefusedException",
    "0x85, RefusedException",
    "0x8a, RefusedException",
    "0x90, InvalidRequestException",
    "0x95, InvalidRequestException",
    "0x8f, InvalidRequestException",
    "0x97, RetryLaterException",
    "0x89, RetryLaterException",
    "0x80, RetryLaterException",
    "0xa0, RetryLaterException",
  })
  void saysWhatToDo(String code, String kind) {
    int value = Integer.decode(code);
    DeviceException exception = Reason.exception("no", value, null);
    assertThat(exception.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(exception.reasonCode()).hasValue(value);
    assertThat(exception).hasMessageContaining("(" + code + ")");
  }

  @Test
  void showsTheBrokersWordsWithoutTrustingThem() {
    assertThat(Reason.exception("the broker said no", 0x87, "go\naway"))
        .hasMessage("the broker said no: not authorized (0x87): go\\u000aaway");
  }
}
