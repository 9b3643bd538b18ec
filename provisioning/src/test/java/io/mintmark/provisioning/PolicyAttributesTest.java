package io.mintmark.provisioning;

import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FeedEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What brokers are told of devices' attributes: what the policy names, and before the policy. */
class PolicyAttributesTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private List<String> apply(String topic) throws Refusal {
    String yaml = TestInstallation.yaml(SENSORS, installation.factory)
        .replace("telemetry/${fleet}/${device}/#", topic);
    return installation.get().fleets().apply(yaml, OPERATOR).warnings();
  }

  private List<String> load(String csv) throws Refusal {
    return installation.get().manifests().load(SENSORS, csv, OPERATOR).warnings();
  }

  private List<FeedEntry> after(long sequence) throws Refusal {
    return installation.get().feed().after(sequence).entries();
  }

  private List<DeviceAttributes> told(long sequence) throws Refusal {
    return after(sequence).stream()
        .map(FeedEntry::attributes)
        .filter(Objects::nonNull)
        .toList();
  }

  private static DeviceAttributes of(String device, Map<String, String> values) {
    return new DeviceAttributes(device, "sensors", values);
  }

  @Test
  void nothingIsToldWhereNoPolicyNamesThem() throws Exception {
    assertThat(load("device,site,line\nd-1,north,1\n")).isEmpty();
    assertThat(told(0)).isEmpty();
  }

  @Test
  void whatAPolicyNamesIsToldBeforeThePolicy() throws Exception {
    load("device,site,line\nd-1,north,1\nd-2,south,2\nd-3,,3\nd-4,a/b,4\n");
    List<String> warnings = apply("sites/${attr.site}/${device}");

    assertThat(told(0))
        .containsExactly(
            of("d-1", Map.of("site", "north")),
            of("d-2", Map.of("site", "south")),
            of("d-4", Map.of("site", "a/b")));
    assertThat(after(0)).last().satisfies(e -> assertThat(e.fleet()).isNotNull());
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("'site', which d-3 does not have");
    assertThat(warnings.get(1)).contains("which for d-4 is 'a/b'");
  }

  @Test
  void aManifestTellsWhatItChanges() throws Exception {
    apply("sites/${attr.site}/${device}");
    assertThat(load("device,site,line\nd-1,north,1\nd-2,south,2\n")).isEmpty();
    long head = installation.get().feed().head();
    assertThat(load("device,site,line\nd-1,north,9\nd-2,west,2\nd-5,,5\n"))
        .singleElement()
        .asString()
        .contains("line 4: ", "'site', which d-5 does not have");
    assertThat(told(head)).containsExactly(of("d-2", Map.of("site", "west")));
    assertThat(told(0)).as("the latest of each").hasSize(2);
    load("device,line\nd-2,2\n");
    assertThat(told(0)).contains(of("d-2", Map.of()));
  }

  @Test
  void otherNamesAreToldAnewAndNoneAreForgotten() throws Exception {
    load("device,site,line\nd-1,north,1\n");
    apply("sites/${attr.site}/${device}");
    apply("sites/${attr.site}/${attr.line}");
    assertThat(told(0)).containsExactly(of("d-1", Map.of("site", "north", "line", "1")));
    apply("sites/${device}");
    assertThat(told(0)).isEmpty();
    apply("lines/${attr.line}");
    assertThat(told(0)).containsExactly(of("d-1", Map.of("line", "1")));
  }

  @Test
  void thousandsAreToldInOneTransaction() throws Exception {
    load("device,site\n"
        + IntStream.range(0, 5_000)
            .mapToObj(i -> "d-" + i + ",s" + i)
            .collect(Collectors.joining("\n")));
    long head = installation.get().feed().head();
    apply("sites/${attr.site}");
    assertThat(installation.get().feed().head()).isEqualTo(head + 5_001);
    assertThat(told(head)).hasSize(500).allMatch(a -> a.values().containsKey("site"));
  }
}
