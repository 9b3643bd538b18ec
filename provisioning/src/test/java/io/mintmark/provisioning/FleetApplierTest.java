package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.FleetApplier.Change;
import io.mintmark.provisioning.presence.ClonePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetApplierTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private String pem;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    pem = installation.factory.certificatePem().replace("\n", "\\n");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Change apply(String yaml) throws Refusal {
    return installation.get().fleets().apply(yaml, OPERATOR).change();
  }

  private String pumps(String more) {
    return "fleet: pumps\nfactory-cas: [\"" + pem + "\"]\n" + more;
  }

  private List<FleetPolicy> policies() throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .map(FeedEntry::fleet)
        .filter(Objects::nonNull)
        .toList();
  }

  @Test
  void createsChangesAndLeavesAlone() throws Exception {
    String first = pumps("certificate:\n  lifetime: 1d\n");
    String second = pumps("certificate:\n  lifetime: 2d\nmqtt:\n  publish: [\"a/${device}\"]\n");

    assertThat(apply(first)).isEqualTo(Change.CREATED);
    assertThat(apply(first)).isEqualTo(Change.UNCHANGED);
    assertThat(apply(second)).isEqualTo(Change.UPDATED);
    assertThat(apply(second)).isEqualTo(Change.UNCHANGED);

    assertThat(installation.audited())
        .endsWith("fleet.created sensors", "fleet.created pumps", "fleet.changed pumps");
    assertThat(installation.get().audit().after(0, 100))
        .last()
        .satisfies(row -> assertThat(row.detail()).isEqualTo("certificate, mqtt"));
    assertThat(policies()).extracting(FleetPolicy::fleet).containsExactly("sensors", "pumps");
    assertThat(policies().get(1))
        .isEqualTo(new FleetPolicy(
            "pumps", "${device}", new TopicGrants(List.of("a/${device}"), List.of()), false));
  }

  @Test
  void tellsBrokersNothingWhenOnlyTheCertificatesChange() throws Exception {
    apply(pumps("certificate:\n  lifetime: 1d\n"));
    long head = installation.get().feed().head();

    assertThat(apply(pumps("certificate:\n  lifetime: 2d\n"))).isEqualTo(Change.UPDATED);

    assertThat(installation.get().feed().head()).isEqualTo(head);
  }

  @Test
  void showsWhatItKeeps() throws Exception {
    installation.manifest("d-1");
    assertThat(installation.get().fleetViews().find(SENSORS))
        .isEqualTo(new FleetViews.FleetView(
            "sensors",
            List.of("CN=Factory CA"),
            List.of(),
            EnrolmentPolicy.Mode.MANIFEST,
            DeviceIdSource.SUBJECT,
            EnrolmentPolicy.Again.ALLOW,
            null,
            EnrolmentPolicy.ChannelBinding.OFF,
            false,
            "7d",
            "5m",
            KeyType.words(),
            List.of("client-auth"),
            List.of(),
            "60% to 75%",
            "0s",
            "${device}",
            List.of("telemetry/${fleet}/${device}/#"),
            List.of("commands/${fleet}/${device}/#"),
            ClonePolicy.REPORT,
            1));
    assertThat(installation.get().fleetViews().list()).hasSize(1);
    assertThat(installation.get().fleetViews().exists(SENSORS)).isTrue();
    assertThat(installation.get().fleetViews().exists(new FleetId("pumps"))).isFalse();
    assertRefused(
        NOT_FOUND,
        "fleet 'pumps' is not known",
        () -> installation.get().fleetViews().find(new FleetId("pumps")));
  }

  @Test
  void needsNoMoreThanANameAndACa() throws Exception {
    apply(pumps(""));

    FleetViews.FleetView fleet = installation.get().fleetViews().find(new FleetId("pumps"));
    assertThat(fleet.lifetime()).isEqualTo("7d");
    assertThat(fleet.backdate()).isEqualTo("5m");
    assertThat(fleet.publish()).isEmpty();
    assertThat(fleet.subscribe()).isEmpty();
  }

  @Test
  void backdatesShortCertificatesByLessUnlessTold() throws Exception {
    apply(pumps("certificate:\n  lifetime: 30s\n"));

    assertThat(installation.get().fleetViews().find(new FleetId("pumps")).backdate())
        .isEqualTo("3s");
  }

  @Test
  void acceptsABundleOfCasInOneEntry() throws Exception {
    HeldCertificate second =
        HeldCertificate.builder().commonName("Second CA").authority(0).build();
    String both =
        (installation.factory.certificatePem() + second.certificatePem()).replace("\n", "\\n");

    apply("fleet: pumps\nfactory-cas: [\"" + both + "\"]\n");

    assertThat(installation.get().fleetViews().find(new FleetId("pumps")).factoryCas())
        .containsExactly("CN=Factory CA", "CN=Second CA");
  }

  @Test
  void changesNothingWhenItCannotUseTheText() {
    String before = installation.audited().toString();

    assertRefused(
        INVALID, "line 3: unknown key 'cert' in the fleet", () -> apply(pumps("cert: 1\n")));

    assertThat(installation.get().fleetViews().exists(new FleetId("pumps"))).isFalse();
    assertThat(installation.audited()).hasToString(before);
  }

  @Test
  void refusesItsOwnCaAsAFactory() {
    pem = Pem.encode(installation.get().authority().trustAnchors()).replace("\n", "\\n");

    assertRefused(INVALID, "is this installation's own CA", () -> apply(pumps("")));
  }
}
