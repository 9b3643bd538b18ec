package io.mintmark.simulators.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.simulators.scenario.Phase;
import io.mintmark.simulators.scenario.Settings;
import io.mintmark.simulators.scenario.Target;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiedTargetTest {

  private final FakeTarget target = new FakeTarget();

  private static Phase refusing(String part) {
    Map<String, Settings.Value> values = new LinkedHashMap<>();
    values.put("kind", new Settings.Value("refuse", "line 1"));
    values.put("on", new Settings.Value(part, "line 2"));
    return FaultPhase.VERB.reading().apply(new Settings("fault", values));
  }

  @Test
  void isThereForWhatGoesWrongAlone() throws Exception {
    try (ProxiedTarget both =
        ProxiedTarget.before(target, List.of(refusing("service"), refusing("broker")))) {
      assertThat(both.devices().service())
          .isEqualTo(URI.create(
              "https://localhost:" + both.proxy(Part.SERVICE).orElseThrow().port()));
      assertThat(both.devices().brokerHost()).isEqualTo("localhost");
      assertThat(both.devices().brokerPort())
          .isEqualTo(both.proxy(Part.BROKER).orElseThrow().port());
    }
    try (ProxiedTarget one = ProxiedTarget.before(target, List.of(refusing("service")))) {
      assertThat(one.devices().brokerPort()).isEqualTo(1);
      assertThat(one.service()).as("for applications").isEqualTo(target.service());
    }
    try (ProxiedTarget none = ProxiedTarget.before(target, List.of())) {
      assertThat(none.devices().service()).isEqualTo(target.service());
    }
  }

  @Test
  void refusesWhatIsOnAnotherMachine() {
    target.host = "192.0.2.1";
    assertThatThrownBy(() -> ProxiedTarget.before(target, List.of(refusing("broker"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("faults on the broker need a proxy in the way, and '192.0.2.1' is")
        .hasMessageNotContaining("\n");
  }

  /** What an installation learns to do later must not be lost behind the proxies. */
  @Test
  void passesOnAllElse() throws Exception {
    for (Method method : Target.class.getMethods()) {
      assertThat(ProxiedTarget.class
              .getMethod(method.getName(), method.getParameterTypes())
              .getDeclaringClass())
          .as(method.getName())
          .isEqualTo(ProxiedTarget.class);
    }
  }
}
