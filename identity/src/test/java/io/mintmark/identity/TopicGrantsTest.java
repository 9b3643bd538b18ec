package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
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

  private static final TopicGrants BY_SITE =
      new TopicGrants(List.of("sites/${attr.site}/${device}"), List.of());

  @Test
  void putsAttributesIn() {
    assertThat(BY_SITE.attributeNames()).containsExactly("site");
    assertThat(BY_SITE.resolve(DEVICE, Map.of("site", "Berlin-2")).publish())
        .containsExactly("sites/Berlin-2/d-1");
  }

  @Test
  void anAttributeThatIsMissingGrantsNothing() {
    assertThatThrownBy(() -> BY_SITE.resolve(DEVICE, Map.of("line", "1")))
        .hasMessageContaining("'site', which d-1 does not have");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "+", "#", "a/b", ".", "..", "ä", "a b", "${device}", "a\nb", "$SYS", "a\0"})
  void anAttributeThatCouldWidenAFilterGrantsNothing(String value) {
    assertThatThrownBy(() -> BY_SITE.resolve(DEVICE, Map.of("site", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only 1 to 64");
  }

  @Test
  void anApplicationHasNoAttributes() {
    Identity app = new Identity.Application(DOMAIN, "billing");
    assertThatThrownBy(() -> BY_SITE.resolve(app, Map.of("site", "x")))
        .hasMessageContaining("${attr.site}");
  }

  @Test
  void publishingIsHeldToTopicQosAndRetain() {
    TopicGrants grants = TopicGrants.of(
        List.of(new PublishGrant("all/#"), new PublishGrant("state/${device}", 1, false)),
        List.of());
    assertThat(grants.publish()).containsExactly("all/#");
    TopicGrants resolved = grants.resolve(DEVICE);
    assertThat(resolved.allowsPublish("all/x", 2, true)).isTrue();
    assertThat(resolved.allowsPublish("state/d-1", 1, false)).isTrue();
    assertThat(resolved.allowsPublish("state/d-1", 2, false)).isFalse();
    assertThat(resolved.allowsPublish("state/d-1", 0, true)).isFalse();
    assertThat(resolved.allowsPublish("state/d-2", 0, false)).isFalse();
  }

  @Test
  void subscribingIsHeldToFilterQosAndSharing() {
    TopicGrants grants = TopicGrants.of(
        List.of(),
        List.of(
            new SubscribeGrant("own/#", 1, SubscribeGrant.Shared.NO),
            new SubscribeGrant("work/#", 2, SubscribeGrant.Shared.ONLY),
            new SubscribeGrant("work/hints", 0, SubscribeGrant.Shared.NO),
            new SubscribeGrant("both/#")));
    assertThat(grants.subscribeQos("own/a")).hasValue(1);
    assertThat(grants.subscribeQos("$share/g/own/a")).isEmpty();
    assertThat(grants.subscribeQos("work/a")).isEmpty();
    assertThat(grants.subscribeQos("$share/g/work/a")).hasValue(2);
    assertThat(grants.subscribeQos("work/hints")).hasValue(0);
    assertThat(grants.subscribeQos("both/+")).hasValue(2);
    assertThat(grants.subscribeQos("$share/g/both/+")).hasValue(2);
    assertThat(grants.subscribeQos("$share//both/+")).as("no group").isEmpty();
    assertThat(grants.subscribeQos("both/a#")).as("no filter").isEmpty();
    assertThat(grants.allowsDelivery("work/a")).isTrue();
    assertThat(grants.allowsDelivery("other")).isFalse();
  }

  @Test
  void qosIsOneOfThree() {
    assertThatThrownBy(() -> new PublishGrant("a", 3, true)).hasMessageContaining("QoS 3");
    assertThatThrownBy(() -> new SubscribeGrant("a", -1, SubscribeGrant.Shared.NO))
        .hasMessageContaining("QoS -1");
  }
}
