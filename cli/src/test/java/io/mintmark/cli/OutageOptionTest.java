package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.broker.BrokerConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class OutageOptionTest {

  @Test
  void anOutageLastsSoLongOrForEver() {
    OutageOption option = new OutageOption();
    assertThat(option.convert("36h")).isEqualTo(Duration.ofHours(36));
    assertThat(option.convert("off")).isEqualTo(BrokerConfig.FOREVER);
    assertThatThrownBy(() -> option.convert("never"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'never' is not a duration");
  }
}
