package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {

  @TempDir
  Path folder;

  /** Runs a small one against an installation of its own. */
  static DemoReport demo(Path folder, boolean sound) throws Exception {
    DemoOptions options = new DemoOptions(
        3, folder.resolve("demo"), 30, Duration.ofSeconds(1), Duration.ofSeconds(14));
    try (TestInstallation installation =
            new TestInstallation(folder.resolve("installation"), sound);
        Demo demo = new Demo(installation, options, Progress.none())) {
      DemoReport report = demo.run();
      if (sound) {
        tellsWhatClientsTake(installation, folder.resolve("footprint"));
      }
      return report;
    }
  }

  /** How much it is, is for a quiet machine. */
  private static void tellsWhatClientsTake(TestInstallation installation, Path folder)
      throws Exception {
    FootprintOptions options = new FootprintOptions(3, 2, Duration.ZERO, folder);
    FootprintReport report = new FootprintLoad(installation, options, Progress.none()).run();
    assertThat(report.idle()).isEqualTo(3);
    assertThat(report.enrolling().took().count()).isEqualTo(3);
    assertThat(report.stored().took().count()).isEqualTo(3);
    assertThat(report.enrolling().cpuMillis()).isPositive();
    // One reads, one writes, and one may still be calling back.
    assertThat(report.threadsEach()).isBetween(2.0, 3.0);
    assertThat(report.heapByOwner().get("Mintmark")).isPositive();
    assertThat(report.table()).contains("with a stored credential", "3 of 3");
  }

  @Test
  void everyClaimHoldsOfASoundInstallation() throws Exception {
    DemoReport report = demo(folder, true);

    assertThat(report.claims()).as(report.table()).hasSize(15).allMatch(Claim::passed);
    assertThat(report.figures())
        .containsEntry("renewal.devices", 3L)
        .containsEntry("renewal.lost", 0L)
        .containsKey("revocation.cut-ms");
  }
}
