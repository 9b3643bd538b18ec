package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetStateTest {

  @TempDir
  Path folder;

  private final FakeSite site = new FakeSite("one.example");

  private FleetPlan plan(String fleet, int devices) {
    return new FleetPlan(new FleetId(fleet), devices, Duration.ofHours(1), folder.resolve("state"));
  }

  private static FleetState open(FakeSite site, FleetPlan plan) throws IOException {
    return FleetState.open(site, plan, Progress.none());
  }

  @Test
  void isMadeOnceAndUsedAgain() throws Exception {
    X509Certificate made;
    try (FleetState state = open(site, plan("pumps", 3))) {
      made = state.bootstrap(2).certificate();
      assertThat(state.identity(2).device().value()).isEqualTo("pumps-00003");
      assertThat(state.isEnrolled(2)).isFalse();
      state.keep(2, state.bootstrap(1));
    }
    assertThat(site.fleets).hasSize(1).first().asString().contains("fleet: pumps", "lifetime: 1h");
    assertThat(site.manifests).hasSize(1).first().asString().contains("pumps-00001,spki-sha256:");

    try (FleetState state = open(site, plan("pumps", 2))) {
      assertThat(state.bootstrap(1)).isNotNull();
    }
    try (FleetState state = open(site, plan("pumps", 3))) {
      assertThat(state.bootstrap(2).certificate()).isEqualTo(made);
      assertThat(state.isEnrolled(2)).isTrue();
      assertThat(state.operational(2).certificate())
          .isEqualTo(state.bootstrap(1).certificate());
    }
    assertThat(site.fleets).hasSize(1);
    assertThat(site.manifests).hasSize(1);
  }

  @Test
  void isInAFolderOfTheOwnersAlone() throws Exception {
    open(site, plan("pumps", 1)).close();
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rwx------");
  }

  @Test
  void growsAndTakesAnotherLifetime() throws Exception {
    open(site, plan("pumps", 2)).close();
    open(site, plan("pumps", 4)).close();
    assertThat(site.manifests).hasSize(2).last().asString().hasLineCount(5);

    FleetPlan longer =
        new FleetPlan(new FleetId("pumps"), 4, Duration.ofHours(2), folder.resolve("state"));
    open(site, longer).close();
    assertThat(site.fleets).hasSize(3).last().asString().contains("lifetime: 2h");
    assertThat(site.manifests).hasSize(2);
  }

  @Test
  void goesOnWhereItWasInterrupted() throws Exception {
    site.fault = "the service is away";
    assertThatThrownBy(() -> open(site, plan("pumps", 3))).hasMessage("the service is away");
    site.fault = null;
    try (FleetState state = open(site, plan("pumps", 3))) {
      assertThat(state.bootstrap(0)).isNotNull();
    }
    assertThat(site.manifests).hasSize(1).last().asString().hasLineCount(4);
  }

  @Test
  void belongsToOneFleetOfOneInstallation() throws Exception {
    open(site, plan("pumps", 1)).close();

    assertThatThrownBy(() -> open(site, plan("valves", 1)))
        .isInstanceOf(IOException.class)
        .hasMessage("state folder " + folder.resolve("state")
            + " holds fleet pumps of installation one.example, not fleet valves of one.example:"
            + " choose another folder, or remove this one");
    assertThatThrownBy(() -> open(new FakeSite("two.example"), plan("pumps", 1)))
        .hasMessageContaining("installation one.example, not fleet pumps of two.example");
    assertThatThrownBy(() -> open(new FakeSite("one.example"), plan("pumps", 1)))
        .hasMessageContaining("of another installation one.example, with other roots");
  }

  @Test
  void followsItsInstallationFromRootToRoot() throws Exception {
    open(site, plan("pumps", 1)).close();
    site.addRoot();
    open(site, plan("pumps", 1)).close();
    site.dropFirstRoot();
    open(site, plan("pumps", 1)).close();
    assertThat(site.fleets).hasSize(1);
  }
}
