package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.EstRetryLaterException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class LeanEnrolmentTest {

  private static byte[] answer(String... lines) throws IOException {
    String text = String.join("\r\n", lines);
    return LeanEnrolment.answer(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void readsTheBodyOfAGoodAnswer() throws Exception {
    assertThat(answer("HTTP/1.1 200 OK", "Content-Length: 4", "", "body"))
        .asString()
        .isEqualTo("body");
  }

  @Test
  void tellsWhenToAskAgain() {
    for (int status : new int[] {429, 503}) {
      assertThatThrownBy(() -> answer("HTTP/1.1 " + status + " Later", "retry-after: 7", "", "no"))
          .asInstanceOf(InstanceOfAssertFactories.type(EstRetryLaterException.class))
          .satisfies(later -> assertThat(later.status()).isEqualTo(status))
          .satisfies(later -> assertThat(later.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
    }
  }

  @Test
  void isRefusedByAnyOtherAnswer() {
    assertThatThrownBy(() -> answer("HTTP/1.1 503 Away", "Retry-After: soon", "", ""))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("answered 503");
    assertThatThrownBy(() -> answer("HTTP/1.1 403 No", "Retry-After: 7", "", ""))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("answered 403");
    assertThatThrownBy(() -> answer("HTTP/1.1 200 OK", "Content-Le"))
        .hasMessage("the connection ended before an answer");
  }
}
