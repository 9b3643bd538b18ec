package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.simulators.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausesTest {

  private final List<Duration> waits = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private long now = 1_000;
  private boolean over;
  private final Pauses pauses = new Pauses(
      new Progress() {
        @Override
        public void step(String line) {
          told.add(line);
        }

        @Override
        public void update(String line) {}
      },
      () -> now,
      nanos -> {
        waits.add(Duration.ofNanos(nanos));
        now += nanos;
        return over;
      });

  /** Answers so, one after the other. */
  private static Pauses.Request<String> answers(Object... answers) {
    Deque<Object> left = new ArrayDeque<>(List.of(answers));
    return () -> {
      Object next = left.pop();
      if (next instanceof Integer seconds) {
        throw new EstRetryLaterException(429, Duration.ofSeconds(seconds));
      }
      return (String) next;
    };
  }

  @Test
  void asksAgainAfterTheTimeItWasTold() throws Exception {
    assertThat(pauses.ask(answers("at once"))).isEqualTo("at once");
    assertThat(waits).isEmpty();
    assertThat(pauses.ask(answers(3, 0, 7, "certificate"))).isEqualTo("certificate");
    assertThat(waits).containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(7));
    assertThat(told.get(0))
        .isEqualTo("The service answers 429 and asks to wait 3s: requests for certificates pause");
  }

  @Test
  void allWaitWhereOneWasAskedTo() throws Exception {
    Pauses.Request<String> first = answers(4);
    over = true;
    assertThatThrownBy(() -> pauses.ask(first)).hasMessage("the fleet is closed");
    over = false;
    // Back to the moment the first was put off: whoever comes next waits with it.
    now -= Duration.ofSeconds(4).toNanos();
    waits.clear();
    assertThat(pauses.ask(answers("second"))).isEqualTo("second");
    assertThat(waits).containsExactly(Duration.ofSeconds(4));
  }

  @Test
  void givesUpOnWhatIsPutOffForTooLong() throws Exception {
    assertThatThrownBy(() -> pauses.ask(answers(301)))
        .isInstanceOf(EstRetryLaterException.class)
        .hasMessageContaining("429");
    assertThatThrownBy(() -> pauses.ask(answers(200, 101)))
        .isInstanceOf(EstRetryLaterException.class);
    // Others are not held up by that.
    waits.clear();
    assertThat(pauses.ask(answers("other"))).isEqualTo("other");
    assertThat(waits).isEmpty();
  }

  @Test
  void failsWithWhatElseGoesWrong() {
    assertThatThrownBy(() -> pauses.ask(() -> {
          throw new IOException("answered 403");
        }))
        .hasMessage("answered 403");
    assertThat(told).isEmpty();
  }
}
