package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.SubscribeGrant.Shared;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.PolicyExplainer.Explanation;
import io.mintmark.provisioning.PolicyExplainer.Question;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyExplainerTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace(
            "[\"telemetry/${fleet}/${device}/#\"]",
            "[\"telemetry/${fleet}/${device}/#\", {topic: \"state/${device}\", qos: 1}]"));
    installation.manifest("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Explanation publish(String topic, int qos, boolean retain) throws Refusal {
    return installation
        .get()
        .policies()
        .device(new DeviceId("d-1"), new Question(true, topic, qos, retain));
  }

  private Explanation subscribe(String filter) throws Refusal {
    return installation
        .get()
        .policies()
        .device(new DeviceId("d-1"), new Question(false, filter, 1, false));
  }

  @Test
  void namesTheGrantThatDecides() throws Exception {
    assertThat(publish("telemetry/sensors/d-1/t", 1, true))
        .isEqualTo(new Explanation(
            "spiffe://example.org/fleet/sensors/device/d-1",
            true,
            null,
            "fleet sensors, mqtt.publish",
            "telemetry/${fleet}/${device}/#",
            "telemetry/sensors/d-1/#",
            null,
            null));
    assertThat(subscribe("$share/g/commands/sensors/d-1/+").resolved())
        .isEqualTo("commands/sensors/d-1/#");
  }

  @Test
  void saysWhatComesNearest() throws Exception {
    Explanation other = publish("telemetry/sensors/d-2/t", 1, false);
    assertThat(other.allowed()).isFalse();
    assertThat(other.grant()).isNull();
    assertThat(other.reason()).isEqualTo("nothing grants it");
    assertThat(other.nearest()).isEqualTo("telemetry/sensors/d-1/#");
    assertThat(publish("elsewhere", 0, false).nearest()).isNull();
    assertThat(subscribe("#").allowed()).isFalse();
  }

  @Test
  void saysWhichLimitIsInTheWay() throws Exception {
    assertThat(publish("state/d-1", 1, false).allowed()).isTrue();
    assertThat(publish("state/d-1", 2, false).reason()).isEqualTo("QoS 2 is above the 1 it grants");
    assertThat(publish("state/d-1", 0, true))
        .satisfies(e -> assertThat(e.allowed()).isFalse())
        .satisfies(e -> assertThat(e.reason()).contains("retain"))
        .satisfies(e -> assertThat(e.grant()).startsWith("{topic: \"state/${device}\", qos: 1"));
  }

  @Test
  void saysWhoMayNotConnectAtAll() throws Exception {
    installation.get().revoker().suspend(new DeviceId("d-1"), OPERATOR);
    Explanation barred = publish("state/d-1", 0, false);
    assertThat(barred.allowed()).isFalse();
    assertThat(barred.reason()).startsWith("it may not connect at all: it is suspended since ");
    assertThat(barred.resolved()).as("once released").isEqualTo("state/d-1");
    installation.get().revoker().release(new DeviceId("d-1"), OPERATOR);
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace("telemetry/${fleet}", "telemetry/${attr.site}"));
    assertThat(subscribe("commands/sensors/d-1/#").reason())
        .startsWith("it may not connect at all: ")
        .contains("the attribute 'site', which d-1 does not have");
  }

  @Test
  void explainsApplications() throws Exception {
    installation
        .get()
        .applications()
        .define(
            "jobs",
            TopicGrants.of(List.of(), List.of(new SubscribeGrant("work/#", 1, Shared.ONLY))),
            OPERATOR);
    PolicyExplainer policies = installation.get().policies();
    assertThat(policies.application("jobs", new Question(false, "$share/g/work/#", 2, false)))
        .isEqualTo(new Explanation(
            "spiffe://example.org/app/jobs",
            true,
            1,
            "application jobs, subscribe",
            "{topic: \"work/#\", qos: 1, shared: only}",
            "work/#",
            null,
            null));
    assertThat(policies
            .application("jobs", new Question(false, "work/#", 1, false))
            .reason())
        .isEqualTo("it grants shared subscriptions only");
    assertRefused(
        NOT_FOUND,
        "application 'nobody' is not known",
        () -> policies.application("nobody", new Question(true, "a", 0, false)));
  }

  @Test
  void refusesQuestionsThatMakeNoSense() {
    assertRefused(INVALID, "topic 'a/+' is not valid", () -> publish("a/+", 0, false));
    assertRefused(INVALID, "topic filter 'a#' is not valid", () -> subscribe("a#"));
    assertRefused(INVALID, "shared subscription '$share/a' is not", () -> subscribe("$share/a"));
    assertRefused(
        NOT_FOUND,
        "device 'd-9' is not known",
        () -> installation
            .get()
            .policies()
            .device(new DeviceId("d-9"), new Question(true, "a", 0, false)));
  }
}
