package io.mintmark.simulators.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.results.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackLeakIT {

  private static final Recorder DEAF = new Recorder() {
    @Override
    public void done(String operation, long dueNanos, long endNanos) {}

    @Override
    public void failed(String operation, String reason) {}

    @Override
    public void count(String counter, long more) {}

    @Override
    public void mark(String text) {}

    @Override
    public void row(String table, Map<String, String> cells) {}
  };

  @TempDir
  Path folder;

  /** Otherwise a move would prove nothing. */
  @Test
  void everyMoveIsALeakOfAnInstallationThatSaysYes() throws Exception {
    try (YesInstallation installation = new YesInstallation()) {
      AttackReport report = attack(installation, HostileMoves.all());

      assertThat(report.rows())
          .as(report.table())
          .hasSize(HostileMoves.all().size())
          .allMatch(row -> row.outcome() == Verdict.Outcome.LEAK);
      assertThat(report.passed()).isFalse();
    }
  }

  private AttackReport attack(YesInstallation installation, List<HostileMove> moves)
      throws Exception {
    return new Attack(installation, folder, moves, DEAF, Progress.none(), Duration.ofSeconds(1))
        .play();
  }
}
