package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIdPatternTest {

  private static final TrustDomain DOMAIN = new TrustDomain("example.org");
  private static final Identity DEVICE =
      new Identity.Device(DOMAIN, new FleetId("f"), new DeviceId("d-1"));

  @Test
  void exactMeansExact() {
    assertThat(ClientIdPattern.EXACT.permits(DEVICE, "d-1")).isTrue();
    for (String other : new String[] {"", "d-", "d-10", "D-1", "d-1 ", "d-1:x", "*"}) {
      assertThat(ClientIdPattern.EXACT.permits(DEVICE, other)).as(other).isFalse();
    }
  }

  @Test
  void aSuffixNeedsItsSeparatorAndSomething() {
    ClientIdPattern pattern = new ClientIdPattern("${device}:*");
    assertThat(pattern.permits(DEVICE, "d-1")).isTrue();
    assertThat(pattern.permits(DEVICE, "d-1:camera")).isTrue();
    for (String other : new String[] {"d-1:", "d-10:x", "d-1-x", "d-2:x"}) {
      assertThat(pattern.permits(DEVICE, other)).as(other).isFalse();
    }
  }

  @Test
  void noClientIdOfOneDeviceIsAnothersId() {
    ClientIdPattern pattern = new ClientIdPattern("${device}:*");
    assertThat(DeviceId.isValid("d-1:camera")).isFalse();
    assertThat(pattern.permits(DEVICE, "d-1-camera")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {":", "/", "@", "~"})
  void aClientIdNamesItsDevice(String separator) {
    String clientId = "d-1" + separator + "a:b/c";
    assertThat(ClientIdPattern.device(clientId)).isEqualTo("d-1");
    assertThat(new ClientIdPattern("${device}" + separator + "*").permits(DEVICE, clientId))
        .isTrue();
    assertThat(ClientIdPattern.device("d-1")).isEqualTo("d-1");
  }

  @Test
  void anApplicationUsesItsNameAlone() {
    Identity app = new Identity.Application(DOMAIN, "billing");
    ClientIdPattern pattern = new ClientIdPattern("${device}:*");
    assertThat(pattern.permits(app, "billing")).isTrue();
    assertThat(pattern.permits(app, "billing:2")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "${fleet}", "${device}*", "${device}-*", "${device}.*", "x${device}"})
  void refusesPatternsThatCouldCrossDevices(String template) {
    assertThatThrownBy(() -> new ClientIdPattern(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("${device}:*");
  }
}
