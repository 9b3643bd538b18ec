package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ManifestImporter.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestImporterTest {

  private static final String PIN = "spki-sha256:" + "ab".repeat(32);

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

  private Result load(String csv) throws Refusal {
    return installation.get().manifests().load(SENSORS, csv, OPERATOR);
  }

  private List<String> faults(String csv) {
    Refusal refusal = assertRefused(INVALID, "nothing was imported", () -> load(csv));
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(SENSORS, null), null, 10)
            .devices())
        .isEmpty();
    return refusal.details();
  }

  @Test
  void takesInDevicesWithPinsAndAttributes() throws Exception {
    assertThat(load("""
            model,device,pin,note
            t-100,d-1,%s,"first, of all"

            t-200,d-2,,
            """.formatted(PIN))).isEqualTo(new Result(2, 0, 0, List.of()));

    DeviceViews.DeviceView first = installation.device("d-1");
    assertThat(first.state()).isEqualTo(DeviceState.PENDING);
    assertThat(first.pin()).isEqualTo(PIN);
    assertThat(first.attributes()).isEqualTo(Map.of("model", "t-100", "note", "first, of all"));
    assertThat(first.certificates()).isEmpty();
    assertThat(installation.device("d-2").pin()).isNull();
    assertThat(installation.device("d-2").attributes()).isEqualTo(Map.of("model", "t-200"));
    assertThat(installation.audited()).endsWith("manifest.imported sensors");
  }

  @Test
  void acceptsWhatSpreadsheetsWrite() throws Exception {
    assertThat(load("\uFEFF\"device\",\"pin\"\r\n\"d-1\",\"\"\r\nd-2 ,\r\n"))
        .isEqualTo(new Result(2, 0, 0, List.of()));
  }

  @Test
  void changesPinsAndAttributesButNeverTheState() throws Exception {
    load("device,model\nd-1,t-100\nd-2,t-100\n");
    installation.enroll("d-1");

    assertThat(load("device,pin,model\nd-1," + PIN + ",t-100\nd-2,,t-100\nd-3,,\n"))
        .isEqualTo(new Result(1, 1, 1, List.of()));

    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(installation.device("d-1").pin()).isEqualTo(PIN);
    assertThat(installation.audited())
        .endsWith("device.pin-changed d-1", "manifest.imported sensors");
  }

  @Test
  void changesNothingTheSecondTime() throws Exception {
    load("device\nd-1\n");
    int rows = installation.audited().size();

    assertThat(load("device\nd-1\n")).isEqualTo(new Result(0, 0, 1, List.of()));
    assertThat(installation.audited()).hasSize(rows);
  }

  @Test
  void reportsEveryBadLineAndImportsNothing() {
    assertThat(faults("""
            device,pin
            d-1,
            d 2,
            d-3,sha1:abcd

            d-1,
            d-4
            d-5,,extra
            ,
            ../d,
            d-6,
            """))
        .containsExactly(
            "line 3: device id 'd 2' is not valid: use 1 to 64 of A-Z a-z 0-9 . _ - (and not . or"
                + " ..)",
            "line 4: pin 'sha1:abcd' is not valid: use spki-sha256: or cert-sha256: and 64 hex"
                + " digits, or leave it empty",
            "line 6: device 'd-1' is already on line 2",
            "line 7: 1 fields where the header has 2",
            "line 8: 3 fields where the header has 2",
            "line 9: device id '' is not valid: use 1 to 64 of A-Z a-z 0-9 . _ - (and not . or ..)",
            "line 10: device id '../d' is not valid: use 1 to 64 of A-Z a-z 0-9 . _ - (and not . or"
                + " ..)");
  }

  @Test
  void reportsDevicesOfAnotherFleetAmongTheBadLines() throws Exception {
    FleetId pumps = new FleetId("pumps");
    installation.apply(TestInstallation.yaml(pumps, installation.factory));
    installation.get().manifests().load(pumps, "device\np-1\n", OPERATOR);

    assertThat(faults("device\np-1\nd 2\nd-3\n"))
        .first()
        .isEqualTo("line 2: device 'p-1' belongs to fleet 'pumps'");
  }

  @Test
  void refusesAHeaderItCannotUse() {
    assertThat(faults(""))
        .containsExactly("line 1: the manifest is empty: it begins with a line such as device,pin");
    assertThat(faults("id,pin\nd-1,\n"))
        .singleElement()
        .asString()
        .startsWith("line 1: the header 'id,pin' has no column 'device'");
    assertThat(faults("device,pin,pin\nd-1,,\n"))
        .containsExactly("line 1: column 'pin' is there twice: keep one");
    assertThat(faults("device,a b\nd-1,\n"))
        .singleElement()
        .asString()
        .startsWith("line 1: column name 'a b' is not valid");
  }

  @Test
  void refusesAQuoteThatDoesNotEnd() {
    assertThat(faults("device,note\nd-1,\"half\nd-2,\n"))
        .singleElement()
        .asString()
        .startsWith("line 2: this is not CSV");
  }

  @Test
  void refusesAnUnknownFleet() {
    assertRefused(
        NOT_FOUND,
        "fleet 'pumps' is not known",
        () -> installation.get().manifests().load(new FleetId("pumps"), "device\nd-1\n", OPERATOR));
  }

  @Test
  void listsDevicesInPages() throws Exception {
    load("device\nd-3\nd-1\nd-2\n");
    installation.enroll("d-2");
    DeviceViews devices = installation.get().devices();

    DeviceViews.DevicePage page = devices.list(new DeviceFilter(SENSORS, null), null, 2);
    assertThat(page.devices()).extracting(DeviceViews.DeviceView::id).containsExactly("d-1", "d-2");
    assertThat(page.next()).isEqualTo("d-2");
    page = devices.list(new DeviceFilter(null, null), new DeviceId(page.next()), 2);
    assertThat(page.devices()).extracting(DeviceViews.DeviceView::id).containsExactly("d-3");
    assertThat(page.next()).isNull();
    assertThat(
            devices.list(new DeviceFilter(null, DeviceState.ACTIVE), null, 10).devices())
        .extracting(DeviceViews.DeviceView::id)
        .containsExactly("d-2");
    assertThat(
            devices.list(new DeviceFilter(new FleetId("pumps"), null), null, 10).devices())
        .isEmpty();
    assertRefused(NOT_FOUND, "'d-9' is not known", () -> devices.find(new DeviceId("d-9")));
    assertRefused(INVALID, "use one of [pending, active", () -> DeviceState.parse("gone"));
  }

  @Test
  void warnsOfDevicesThatCouldNotEnrolByTheFleetsDnsNames() throws Exception {
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace("backdate: 5m", "backdate: 5m\n  dns-names: [\"${device}.example.org\"]"));

    Result result = load("device\nd-1\nD-2\na.b\n");

    assertThat(result.added()).isEqualTo(3);
    assertThat(result.warnings()).hasSize(2);
    assertThat(result.warnings().get(0))
        .startsWith("line 3: device id 'D-2' makes no DNS name in '${device}.example.org'");
    assertRefused(Refusal.Kind.FORBIDDEN, "makes no DNS name", () -> installation.enroll("D-2"));
    StringBuilder many = new StringBuilder("device\n");
    for (int i = 0; i < 25; i++) {
      many.append("X-").append(i).append('\n');
    }
    assertThat(load(many.toString()).warnings())
        .hasSize(21)
        .last()
        .isEqualTo("and 5 more devices like these");
  }
}
