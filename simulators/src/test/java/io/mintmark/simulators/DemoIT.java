package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {

  private static final Progress LINES = new Progress() {
    @Override
    public void step(String line) {
      System.out.println(java.time.Instant.now() + " " + line);
    }

    @Override
    public void update(String line) {
      System.out.println("    " + line);
    }
  };

  @TempDir
  Path folder;

  private DemoReport demo(boolean guarded) throws Exception {
    try (TestInstallation installation =
            new TestInstallation(folder.resolve("installation"), guarded);
        Demo demo = new Demo(
            installation,
            new DemoOptions(
                3, folder.resolve("demo"), 30, Duration.ofSeconds(1), Duration.ofSeconds(20)),
            LINES)) {
      return demo.run();
    }
  }

  @Test
  void everyClaimHoldsWhereTheBrokerGuardsItsDoors() throws Exception {
    DemoReport report = demo(true);

    System.out.println(report.table());
    System.out.println(report.toJson());
    assertThat(report.passed()).as(report.table()).isTrue();
  }

  @Test
  void noRefusalIsClaimedOfABrokerThatLetsEverybodyIn() throws Exception {
    DemoReport report = demo(false);

    System.out.println(report.table());
    List<DemoRow> hold = List.of(
        DemoRow.ENROLLED,
        DemoRow.CONNECTED,
        DemoRow.TELEMETRY,
        DemoRow.RENEWED,
        DemoRow.SERVICE_STOPPED);
    for (DemoRow row : DemoRow.values()) {
      Claim claim = report.claims().stream()
          .filter(c -> c.name().equals(row.title()))
          .findFirst()
          .orElseThrow();
      assertThat(claim.passed()).as(claim.toString()).isEqualTo(hold.contains(row));
    }
  }
}
