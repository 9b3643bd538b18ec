package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside {@link DemoIT} and not in it: both mostly wait, and each class has a JVM of its own. */
class WrongDemoIT {

  @TempDir
  Path folder;

  /** Otherwise a claim would prove nothing. */
  @Test
  void noClaimHoldsOfAnInstallationThatIsWrongInEveryWay() throws Exception {
    DemoReport report = DemoIT.demo(folder, false);

    assertThat(report.claims()).as(report.table()).hasSize(15).noneMatch(Claim::passed);
    assertThat(report.claims()).noneMatch(claim -> claim.figure().equals("not run"));
  }
}
