package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.yaml.YamlException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetYamlTest {

  private final Instant now = Instant.now();
  private String pem =
      yamlText(HeldCertificate.builder().commonName("Factory CA").authority(0).build());

  private static String yamlText(HeldCertificate ca) {
    return ca.certificatePem().replace("\n", "\\n");
  }

  private String pumps(String more) {
    return "fleet: pumps\nfactory-cas: [\"" + pem + "\"]\n" + more;
  }

  private void assertRefused(String message, String yaml) {
    assertThatThrownBy(() -> new FleetYaml(new TrustDomain("example.org"), now).read(yaml))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
          certifcate: {lifetime: 7d} | line 3: unknown key 'certifcate' in the fleet: did you mean 'certificate'?
          factory_cas: [] | line 3: unknown key 'factory_cas' in the fleet: did you mean 'factory-cas'?
          enrolment: {server-keygen: yes} | line 3: 'server-keygen' cannot be 'yes': use one of [true, false]
          certificate: {lifetme: 7d} | line 3: unknown key 'lifetme' in 'certificate': did you mean 'lifetime'?
          certificate: {colour: red} | line 3: unknown key 'colour' in 'certificate': use one of [lifetime, backdate, key-types, extended-key-usage, dns-names, renewal-window, expired-grace]
          mqtt: {pubilsh: []} | line 3: unknown key 'pubilsh' in 'mqtt': did you mean 'publish'?
          certificate: {lifetime: 7 days} | line 3: '7 days' is not a duration: use a number and s, m, h or d, as in 7d
          certificate: {lifetime: 9s} | line 3: a certificate lifetime of 9s is too short: use 10s or more
          certificate: {lifetime: -1d} | line 3: '-1d' is not a duration
          certificate: {backdate: 2d} | line 3: backdating certificates by 172800s is not valid: use 0s to 1d
          certificate: {key-types: [ec-p256, ec-p255]} | line 3: key type 'ec-p255' is not known: use ec-p256, ec-p384
          certificate: {key-types: []} | line 3: no key type is left to certify
          certificate: {extended-key-usage: [ocsp-signing]} | line 3: extended key usage 'ocsp-signing' is not known: use client-auth, server-auth
          certificate: {extended-key-usage: [server-auth]} | line 3: extended key usages without client-auth
          certificate: {extended-key-usage: []} | line 3: extended key usages without client-auth
          certificate: {extended-key-usage: [client-auth, client-auth]} | line 3: extended key usages repeat
          certificate: {dns-names: ["gw.example.org"]} | line 3: DNS name 'gw.example.org' would be the same for every device
          certificate: {dns-names: ["${device}.${name}.org"]} | line 3: DNS name '${device}.${name}.org' names another variable
          certificate: {dns-names: ["*.${device}.org"]} | line 3: DNS name '*.${device}.org' is not valid
          certificate: {dns-names: ["${device}.Example.org"]} | line 3: DNS name '${device}.Example.org' is not valid
          certificate: {dns-names: ["${device}.1"]} | line 3: DNS name '${device}.1' is not valid
          certificate: {renewal-window: {start: 0.6}} | line 3: '0.6' is not a share of the lifetime
          certificate: {renewal-window: {start: 80%}} | line 3: a renewal window from 80% to 75% of the lifetime is not valid
          certificate: {renewal-window: {start: 50%, end: 100%}} | line 3: a renewal window from 50% to 100%
          certificate: {renewal-window: {begin: 50%}} | line 3: unknown key 'begin' in 'renewal-window'
          certificate: {expired-grace: 366d} | line 3: a grace of 366d for expired certificates is not valid: use 0s to 365d
          factory-crl: factory.crl | line 3: factory CRL 'factory.crl' is not PEM
          certificate: {lifetime: } | line 3: 'lifetime' needs one value
          certificate: {lifetime: [7d]} | line 3: 'lifetime' needs one value
          certificate: 7d | line 3: 'certificate' needs keys of its own
          enrolment: {mode: opne} | line 3: 'mode' cannot be 'opne': did you mean 'open'?
          mqtt: {publish: a/b} | line 3: 'publish' needs a list
          mqtt: {publish: [[a/b]]} | line 3: each item of 'publish' needs one value
          mqtt: {publish: ["a/#/b"]} | line 3: topic filter 'a/#/b' is not valid
          mqtt: {publish: ["a/${name}"]} | line 3: 'a/${name}' names ${name}, which is not one of [${device}, ${fleet}]
          mqtt: {publish: [{topic: "a/#/b"}]} | line 3: topic filter 'a/#/b' is not valid
          mqtt: {publish: [{qos: 1}]} | line 3: 'topic' is missing
          mqtt: {publish: [{topic: a, qos: 3}]} | line 3: QoS '3' is not valid: use 0, 1 or 2
          mqtt: {publish: [{topic: a, shared: true}]} | line 3: unknown key 'shared' in a grant
          mqtt: {publish: [{topic: a, retian: true}]} | line 3: unknown key 'retian' in a grant: did you mean 'retain'?
          mqtt: {publish: [{topic: a, retain: yes}]} | line 3: 'retain' cannot be 'yes'
          mqtt: {subscribe: [{topic: a, shared: never}]} | line 3: 'shared' cannot be 'never'
          mqtt: {subscribe: ["$share/g/a"]} | line 3: topic filter '$share/g/a' is not valid: a grant names the topics themselves
          mqtt: {publish: ["a/${attr.}"]} | line 3: ${attr.} names no column a manifest can have
          mqtt: {publish: ["a/${attr.pin}"]} | line 3: ${attr.pin} names no column a manifest can have
          mqtt: {client-id: "${device}-*"} | line 3: client id pattern '${device}-*' is not valid
          fleet: other | line 3: key 'fleet' is already on line 1: keep one
          mqtt: [ | line 3: this is not YAML: expected the node content
          --- | line 3: a second document begins
          """)
  void refusesWhatItCannotUse(String more, String message) {
    assertRefused(message, pumps(more));
  }

  @Test
  void readsGrantsWithAndWithoutLimits() throws Exception {
    TopicGrants topics =
        new FleetYaml(new TrustDomain("example.org"), now).read(pumps("""
            mqtt:
              publish:
                - telemetry/${device}/#
                - {topic: "state/${device}", qos: 1, retain: true}
                - topic: sites/${attr.site}/${device}
              subscribe:
                - commands/${device}/#
                - {topic: work/#, qos: 1, shared: only}
                - {topic: news/+}
                - {topic: both, shared: true}
            """)).topics();
    assertThat(topics)
        .isEqualTo(TopicGrants.of(
            List.of(
                new PublishGrant("telemetry/${device}/#"),
                new PublishGrant("state/${device}", 1, true),
                new PublishGrant("sites/${attr.site}/${device}", 2, false)),
            List.of(
                new SubscribeGrant("commands/${device}/#"),
                new SubscribeGrant("work/#", 1, SubscribeGrant.Shared.ONLY),
                new SubscribeGrant("news/+", 2, SubscribeGrant.Shared.NO),
                new SubscribeGrant("both", 2, SubscribeGrant.Shared.YES))));
    assertThat(GrantForm.read(GrantForm.publish(topics), GrantForm.subscribe(topics)))
        .as("kept and read again")
        .isEqualTo(topics);
  }

  @Test
  void refusesAFleetWithoutAName() {
    assertRefused("'fleet' is missing", "factory-cas: []");
    assertRefused("fleet id 'Pumps' is not valid", "fleet: Pumps\nfactory-cas: []");
    assertRefused("expected keys and values", "- fleet");
    assertRefused("expected keys and values", "");
  }

  @Test
  void refusesAFactoryCaThatIsNone() {
    HeldCertificate device = HeldCertificate.builder().commonName("d-1").build();
    HeldCertificate expired = HeldCertificate.builder()
        .commonName("Old CA")
        .authority(0)
        .validity(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
        .build();

    assertRefused("needs at least one CA certificate", "fleet: pumps\nfactory-cas: []");
    assertRefused("line 2: factory CA 'ca.pem' is not PEM", "fleet: pumps\nfactory-cas: [ca.pem]");
    assertRefused(
        "line 2:",
        "fleet: pumps\nfactory-cas: [\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"]");
    pem = yamlText(device);
    assertRefused("'CN=d-1' is not a CA certificate", pumps(""));
    pem = yamlText(expired);
    assertRefused("'CN=Old CA' expired at", pumps(""));
  }

  @Test
  void refusesAliases() {
    String bomb = pumps("""
        mqtt:
          publish: &a ["x", "x"]
          subscribe: *a
        """);

    assertRefused("line 5: aliases (*name) are not accepted", bomb);
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() {
    assertRefused("this is not YAML", "fleet: " + "[".repeat(500));
    assertRefused("is longer than 1 MiB", "fleet: " + "x".repeat(2 << 20));
  }

  @Test
  void showsStrangeCharactersAsEscapes() {
    assertRefused("unknown key 'a\\u001b[31m'", "\"a\\e[31m\": 1");
    assertRefused(
        "'https://a\\u000a.b' is not a URL",
        pumps("enrolment: {mode: approval, webhook: {url: \"https://a\\n.b\", trust: x}}"));
  }

  @Test
  void aFleetIsNotNamedAsAnOperationIs() {
    for (String name : new String[] {"cacerts", "simplereenroll", "fullcmc"}) {
      assertRefused(
          "line 1: fleet '" + name + "' has the name of an EST operation",
          pumps("").replace("fleet: pumps", "fleet: " + name));
    }
  }
}
