package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Rate;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.provisioning.limits.Limits;
import io.mintmark.provisioning.yaml.YamlException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections {@code limits} and {@code approvals} of the service's settings. */
class LimitSettingsTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "est.md");

  @Test
  void whatIsLeftOutHasItsDefault() throws YamlException {
    ServiceSettings settings = ServiceYaml.read("limits: {feed: {parked: 5}}\n");
    assertThat(settings.limits().feed()).isEqualTo(new Limits.Feed(5, 16));
    assertThat(settings.limits().rates()).isEqualTo(Limits.DEFAULT.rates());
    assertThat(settings.approvals()).isEqualTo(ApprovalSettings.DEFAULT);
  }

  @Test
  void everyFigureCanBeSet() throws YamlException {
    ServiceSettings settings = ServiceYaml.read("""
        limits:
          bytes: {headers: 1025, body: 1026, manifest: 1027}
          timeouts: {handshake: 1s, request: 2s, response: 3s, idle: 4s}
          connections: {total: 1, per-address: 2, unfinished-handshakes: 3}
          rates:
            connections-per-address: 1/s
            requests-per-address: 2/s
            per-device: 3/s
            per-fleet: 4/s
            failed-tokens-per-address: unlimited
          exempt-addresses: []
          requests: {at-once: 1, queued: 0, queued-for: 5s}
          feed: {parked: 1, parked-per-broker: 2}
        approvals: {lifetime: 1h, pending-per-fleet: 7, retry-after: 8s, webhooks-at-once: 9}
        """);
    Limits limits = settings.limits();
    assertThat(limits.bytes()).isEqualTo(new Limits.Bytes(1025, 1026, 1027));
    assertThat(limits.timeouts())
        .isEqualTo(new Limits.Timeouts(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4)));
    assertThat(limits.connections()).isEqualTo(new Limits.Connections(1, 2, 3));
    assertThat(limits.rates())
        .isEqualTo(new Limits.Rates(
            Rate.parse("1/s"),
            Rate.parse("2/s"),
            Rate.parse("3/s"),
            Rate.parse("4/s"),
            Rate.UNLIMITED));
    assertThat(limits.exempt()).isEmpty();
    assertThat(limits.requests()).isEqualTo(new Limits.Requests(1, 0, Duration.ofSeconds(5)));
    assertThat(limits.feed()).isEqualTo(new Limits.Feed(1, 2));
    assertThat(settings.approvals())
        .isEqualTo(new ApprovalSettings(Duration.ofHours(1), 7, Duration.ofSeconds(8), 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "limits: {rate: {}}| unknown key 'rate' in 'limits': did you mean 'rates'?",
        "limits: {rates: {per-devices: 1/s}}| 'per-devices' in 'rates': did you mean 'per-device'?",
        "limits: {rates: {per-device: 10 per s}}| 'per-device': '10 per s' is not a rate",
        "limits: {bytes: {body: 100}}| 'body': '100' is out of range: use a whole number from 1024",
        "limits: {bytes: {headers: 8k}}| 'headers': '8k' is out of range",
        "limits: {timeouts: {idle: 0s}}| 'idle': '0s' is out of range: use 1s to 1h",
        "limits: {timeouts: {idle: soon}}| 'idle': 'soon' is not a duration",
        "limits: {connections: {total: 0}}| 'total': '0' is out of range",
        "limits: {exempt-addresses: [here]}| 'exempt-addresses': 'here' is not an address",
        "limits: 5| 'limits' needs keys of its own",
        "approvals: {lifetime: 5s}| 'lifetime': '5s' is out of range: use 1m to 366d",
        "approvals: {poll: 5s}| unknown key 'poll' in 'approvals': use one of"
      })
  void whatIsWrongIsSaidWithItsLineItsKeyAndItsValue(String yaml, String message) {
    assertThatThrownBy(() -> ServiceYaml.read("\n" + yaml + "\n"))
        .isInstanceOf(YamlException.class)
        .hasMessageStartingWith("line 2: ")
        .hasMessageContaining(message.strip());
  }

  @Test
  void theDocumentPrintsTheDefaults() throws Exception {
    Matcher yaml = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
        .matcher(DocumentSection.of(DOCUMENT, "Limits"));
    assertThat(yaml.find()).isTrue();
    ServiceSettings printed = ServiceYaml.read(yaml.group(1));
    assertThat(printed).isEqualTo(ServiceSettings.DEFAULT);
    while (yaml.find()) {
      assertThat(ServiceYaml.read(yaml.group(1))).isNotEqualTo(ServiceSettings.DEFAULT);
    }
  }
}
