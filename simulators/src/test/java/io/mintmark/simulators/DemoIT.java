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
      return demo.run();
    }
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
