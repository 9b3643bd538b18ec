package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetRemoverTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2", "d-3");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private FleetRemover.Removed remove(boolean force) throws Refusal {
    return installation.get().fleetRemover().remove(SENSORS, force, OPERATOR);
  }

  private FleetPolicy lastPolicy() throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .map(FeedEntry::fleet)
        .filter(Objects::nonNull)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  @Test
  void aFleetWhoseDevicesAreGoneIsRemoved() throws Exception {
    installation.enroll("d-1");
    for (String device : new String[] {"d-1", "d-2"}) {
      installation.get().revoker().retire(new DeviceId(device), OPERATOR);
    }
    installation.get().revoker().suspend(new DeviceId("d-3"), OPERATOR);
    assertRefused(
        CONFLICT,
        "fleet 'sensors' has 1 device neither revoked nor retired: revoke them first with 'mintmark"
            + " fleet revoke sensors', or use --force",
        () -> remove(false));
    installation.get().revoker().retire(new DeviceId("d-3"), OPERATOR);

    assertThat(remove(false)).isEqualTo(new FleetRemover.Removed(SENSORS, 0));

    assertThat(lastPolicy())
        .isEqualTo(new FleetPolicy("sensors", "${device}", TopicGrants.NONE, true));
    assertThat(installation.get().fleetViews().list()).isEmpty();
    assertThat(installation.audited()).endsWith("fleet.removed sensors");
    assertRefused(NOT_FOUND, "fleet 'sensors' is not known", () -> remove(false));
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.RETIRED);
  }

  @Test
  void removedByForceItsDevicesNeitherEnrolNorRenewUntilItIsAppliedAgain() throws Exception {
    X509Certificate current = installation.enroll("d-1");
    installation.get().revoker().revoke(new DeviceId("d-3"), null, OPERATOR);
    assertRefused(CONFLICT, "has 2 devices neither revoked nor retired", () -> remove(false));

    assertThat(remove(true).devices()).isEqualTo(2);

    installation.restart();
    assertRefused(FORBIDDEN, "fleet 'sensors' is not known", () -> installation.renew(current));
    assertRefused(NOT_FOUND, "fleet 'sensors'", () -> installation.enroll("d-2"));
    assertRefused(NOT_FOUND, "fleet 'sensors' is not known", () -> installation.manifest("d-4"));
    assertThat(installation.get().fleetViews().exists(SENSORS)).isFalse();

    FleetApplier.Result again = installation
        .get()
        .fleets()
        .apply(TestInstallation.yaml(SENSORS, installation.factory), OPERATOR);

    assertThat(again.change()).isEqualTo(FleetApplier.Change.CREATED);
    assertThat(lastPolicy().removed()).isFalse();
    installation.renew(current);
    installation.enroll("d-2");
    assertRefused(FORBIDDEN, "'d-3' is revoked", () -> installation.enroll("d-3"));
  }

  @Test
  void anotherFleetIsLeftAlone() throws Exception {
    FleetId pumps = new FleetId("pumps");
    installation.apply(TestInstallation.yaml(pumps, installation.factory));
    remove(true);
    assertThat(installation.get().fleetViews().list())
        .extracting(FleetViews.FleetView::id)
        .containsExactly("pumps");
  }
}
