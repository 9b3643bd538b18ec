package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.provisioning.Misbehaviour.Mishap;
import io.mintmark.provisioning.Misbehaviour.Turn;
import io.mintmark.simulators.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisbehaveSpecTest {

  @Test
  void readsWhatTheServiceDoes() {
    MisbehaveSpec spec = MisbehaveSpec.parse("delay=200ms..2s, lost-answer=1,seed=3");
    Turn turn = spec.service().next();
    assertThat(turn.mishap()).contains(Mishap.LOST_ANSWER);
    assertThat(turn.delay()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(2));
    assertThat(spec.mqtt()).isEmpty();
    assertThat(spec.seed()).isEqualTo(3);
    for (Mishap mishap : Mishap.values()) {
      assertThat(MisbehaveSpec.parse(mishap.word() + "=1").service().next().mishap())
          .contains(mishap);
    }
  }

  @Test
  void readsWhatTheBrokerDoes() {
    MisbehaveSpec spec =
        MisbehaveSpec.parse("mqtt-delay=1s,mqtt-drop=0.1,mqtt-reset=0.2,mqtt-silent=0.3");
    Duration second = Duration.ofSeconds(1);
    Duration minute = Duration.ofMinutes(1);
    assertThat(spec.service()).isNull();
    assertThat(spec.mqtt())
        .containsExactly(
            new MisbehaveSpec.Met(new Fault.Latency(second, second), 1),
            new MisbehaveSpec.Met(new Fault.Reset(Duration.ZERO), 0.1),
            new MisbehaveSpec.Met(new Fault.Reset(minute), 0.2),
            new MisbehaveSpec.Met(new Fault.HalfOpen(minute), 0.3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\" | '' is not known: Use delay, drop, lost-answer, error, retry-after, too-many,",
        "lost-anser=0.1 | 'lost-anser' is not known: did you mean 'lost-answer'? Use delay, drop,",
        "drop | drop has no value: write drop=0.1, a share above 0 and at most 1",
        "drop=2 | '2' is not possible for drop: write drop=0.1",
        "drop=10% | '10%' is not possible for drop: write drop=0.1",
        "delay=2 | '2' is not possible for delay: write delay=500ms or delay=200ms..2s",
        "delay=2s..1s | answers cannot be delayed by 2000ms to 1000ms",
        "mqtt-delay=2s..1s | '2s..1s' is not possible for mqtt-delay",
        "drop=0.1,drop=0.2 | drop is there twice: leave one out",
        "drop=0.6,error=0.6 | the shares add up to 1.20: use 1 at most",
        "seed=x | 'x' is not possible for seed: write seed=1"
      })
  void refusesInOneLine(String text, String words) {
    assertThatThrownBy(() -> MisbehaveSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void endsTheCommandBeforeAnythingIsStarted(@TempDir Path folder) throws Exception {
    String data = folder.resolve("data").toString();
    Launcher.Result wrong = Verbs.mintmark("up", "--data", data, "--misbehave", "dropp=0.1");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err().lines())
        .singleElement()
        .asString()
        .startsWith("mintmark: --misbehave: 'dropp' is not known: did you mean 'drop'?");
    Launcher.Result noBroker =
        Verbs.mintmark("provisioning", "--data", data, "--misbehave", "mqtt-drop=0.1");
    assertThat(noBroker.exitCode()).isEqualTo(2);
    assertThat(noBroker.err())
        .contains("what begins with mqtt- is for the broker, and there is none here");
    assertThat(folder).isEmptyDirectory();
  }
}
