package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Rate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectGateTest {

  private final AtomicLong nanos = new AtomicLong();
  private final ConnectGate gate =
      new ConnectGate(new ConnectRates(Rate.parse("1/s burst 3"), Rate.parse("2/m")), nanos::get);

  @Test
  void allTogetherAreHeldToTheBrokersRate() throws Exception {
    for (int i = 0; i < 3; i++) {
      gate.arrived();
    }
    assertThatThrownBy(gate::arrived)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.CONNECT_RATE));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThatCode(gate::arrived).doesNotThrowAnyException();
  }

  @Test
  void eachCertificateIsHeldToItsOwn() throws Exception {
    gate.identified("1");
    gate.identified("1");
    assertThatThrownBy(() -> gate.identified("1")).hasMessage("again in 30 s");
    assertThatCode(() -> gate.identified("2")).doesNotThrowAnyException();
  }
}
