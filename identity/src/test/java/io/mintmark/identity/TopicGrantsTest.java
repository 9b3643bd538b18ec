package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicGrantsTest {

  private static final TrustDomain DOMAIN = new TrustDomain("example.org");
  private static final Identity DEVICE =
      new Identity.Device(DOMAIN, new FleetId("sensors"), new DeviceId("d-1"));

  @Test
  void putsTheIdentityIn() {
    TopicGrants grants = new TopicGrants(
        List.of("telemetry/${fleet}/${device}/#"), List.of("commands/${device}/+", "all"));
    assertThat(grants.resolve(DEVICE))
        .isEqualTo(
            new TopicGrants(List.of("telemetry/sensors/d-1/#"), List.of("commands/d-1/+", "all")));
  }

  @Test
  void anApplicationHasItsOwnVariableOnly() {
    Identity app = new Identity.Application(DOMAIN, "billing");
    assertThat(
            new TopicGrants(List.of("replies/${app}"), List.of()).resolve(app).publish())
        .containsExactly("replies/billing");
    assertThatThrownBy(() -> new TopicGrants(List.of("x/${device}"), List.of()).resolve(app))
        .hasMessageContaining("${device}")
        .hasMessageContaining("${app}");
  }

  @Test
  void anUnknownVariableIsNamed() {
    assertThatThrownBy(() -> new TopicGrants(List.of("x/${devise}"), List.of()).resolve(DEVICE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("${devise}")
        .hasMessageContaining("${device}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a/#/b", "a#", "#a", "a+/b", "+a", "a/b+", "a\0b", "$share/group/a/b"})
  void refusesWhatIsNoFilter(String filter) {
    assertThatThrownBy(() -> new TopicGrants(List.of(filter), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not valid");
    assertThatThrownBy(() -> new TopicGrants(List.of(), List.of(filter)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "+", "a/+/b/#", "/", "//", "a//b", "/a", "$SYS/x"})
  void acceptsEachPlacementMqttAllows(String filter) {
    assertThat(new TopicGrants(List.of(filter), List.of()).publish()).containsExactly(filter);
  }

  @Test
  void aFilterOverTheLimitIsRefused() {
    assertThatThrownBy(() -> new TopicGrants(List.of("ä".repeat(40_000)), List.of()))
        .hasMessageContaining("65535");
  }
}
