package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {

  @TempDir
  Path folder;

  private DemoReport demo(boolean sound) throws Exception {
    DemoOptions options = new DemoOptions(
        3, folder.resolve("demo"), 30, Duration.ofSeconds(1), Duration.ofSeconds(20));
    try (TestInstallation installation =
            new TestInstallation(folder.resolve("installation"), sound);
        Demo demo = new Demo(installation, options, Progress.none())) {
      return demo.run();
    }
  }

  @Test
  void everyClaimHoldsOfASoundInstallation() throws Exception {
    DemoReport report = demo(true);

    assertThat(report.claims()).as(report.table()).hasSize(15).allMatch(Claim::passed);
    assertThat(report.figures())
        .containsEntry("renewal.devices", 3.0)
        .containsEntry("renewal.lost", 0.0)
        .containsKey("revocation.cut-ms");
  }

  /** Otherwise a claim would prove nothing. */
  @Test
  void noClaimHoldsOfAnInstallationThatIsWrongInEveryWay() throws Exception {
    DemoReport report = demo(false);

    System.out.println(report.table());
    assertThat(report.claims()).as(report.table()).hasSize(15).noneMatch(Claim::passed);
    assertThat(report.claims()).noneMatch(claim -> claim.figure().equals("not run"));
  }
}
