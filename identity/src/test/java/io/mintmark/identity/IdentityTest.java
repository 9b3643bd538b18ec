package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {

  private static final TrustDomain DOMAIN = new TrustDomain("example.org");

  @Test
  void readsBackEachForm() {
    Identity device = new Identity.Device(DOMAIN, new FleetId("sensors"), new DeviceId("d-1"));
    Identity app = new Identity.Application(DOMAIN, "billing");
    Identity broker = new Identity.Broker(DOMAIN, "b1");
    assertThat(device.spiffeId()).isEqualTo("spiffe://example.org/fleet/sensors/device/d-1");
    assertThat(app.spiffeId()).isEqualTo("spiffe://example.org/app/billing");
    assertThat(broker.spiffeId()).isEqualTo("spiffe://example.org/broker/b1");
    for (Identity identity : new Identity[] {device, app, broker}) {
      assertThat(Identity.parse(identity.spiffeId())).isEqualTo(identity);
    }
    assertThat(device.name()).isEqualTo("d-1");
  }

  @Property
  void everyValidDeviceIdSurvivesTheRoundTrip(@ForAll("deviceIds") String id) {
    Identity device = new Identity.Device(DOMAIN, new FleetId("f"), new DeviceId(id));
    assertThat(Identity.parse(device.spiffeId())).isEqualTo(device);
  }

  @Provide
  Arbitrary<String> deviceIds() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .numeric()
        .withChars("._-")
        .ofMinLength(1)
        .ofMaxLength(64)
        .filter(s -> !s.equals(".") && !s.equals(".."));
  }

  @Property
  void anyOtherTextIsRefusedAsDeviceIdOrIsHarmless(@ForAll String text) {
    if (DeviceId.isValid(text)) {
      assertThat(text).doesNotContain("/", "+", "#", "$", "{", "%", " ");
    } else {
      assertThatThrownBy(() -> new DeviceId(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not valid");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe://example.org",
        "spiffe://example.org/",
        "spiffe://example.org/device/d-1",
        "spiffe:///app/a",
        "spiffe:/x/example.org/app/a",
        "spiffe://example.org/app/a/",
        "spiffe://example.org/app//a",
        "spiffe://example.org/broker/",
        "spiffe://example.org/other/a",
        "spiffe://example.org/fleet/sensors",
        "spiffe://example.org/fleet//device/a",
        "spiffe://example.org/fleet/sensors/app/a",
        "spiffe://example.org/fleet/sensors/device/",
        "spiffe://example.org/fleet/sensors/device/..",
        "spiffe://example.org/fleet/sensors/device/a/b",
        "spiffe://example.org/fleet/Sensors/device/a",
        "spiffe://example.org/fleet/sensors/device/a%2fb",
        "spiffe://example.org/fleet/sensors/device/a?x=1",
        "spiffe://example.org:8443/app/a",
        "spiffe://user@example.org/app/a",
        "SPIFFE://example.org/app/a",
        "https://example.org/app/a",
        "spiffe://example.org/app/a\n",
        "spiffe://example.org/app/+",
        "spiffe://Example.org/app/a"
      })
  void refusesEveryOtherForm(String text) {
    assertThatThrownBy(() -> Identity.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheOneUriOfACertificate() {
    String id = "spiffe://example.org/fleet/sensors/device/d-1";
    HeldCertificate held = HeldCertificate.builder().dns("d-1.local").uri(id).build();
    assertThat(Identity.of(held.certificate()).spiffeId()).isEqualTo(id);
  }

  @Test
  void aCertificateWithoutOrWithTwoUrisHasNoIdentity() {
    HeldCertificate none = HeldCertificate.builder().dns("d-1.local").build();
    HeldCertificate bare = HeldCertificate.builder().build();
    HeldCertificate two = HeldCertificate.builder()
        .uri("spiffe://example.org/app/a")
        .uri("spiffe://example.org/app/b")
        .build();
    for (HeldCertificate held : new HeldCertificate[] {none, bare, two}) {
      assertThatThrownBy(() -> Identity.of(held.certificate()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("exactly one");
    }
  }

  @Test
  void messagesCannotForgeLogLines() {
    assertThatThrownBy(() -> new DeviceId("a\nroot: admitted"))
        .hasMessageContaining("a\\u000aroot")
        .hasMessageNotContaining("\n");
    assertThat(Printable.of("x".repeat(5000)).length()).isLessThan(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "a/b", "a:1", "-", "a b"})
  void trustDomainGrammar(String text) {
    if (text.equals("-")) {
      assertThat(new TrustDomain(text).name()).isEqualTo(text);
    } else {
      assertThatThrownBy(() -> new TrustDomain(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Sensors", "a_b", "a.b", "a/b"})
  void fleetGrammar(String text) {
    assertThatThrownBy(() -> new FleetId(text)).isInstanceOf(IllegalArgumentException.class);
    assertThat(FleetId.isValid("sensors-2")).isTrue();
    assertThat(FleetId.isValid("a".repeat(64))).isFalse();
  }
}
