package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.Progress;
import io.mintmark.simulators.attack.Attack;
import io.mintmark.simulators.attack.AttackReport;
import io.mintmark.simulators.attack.HostileMoves;
import io.mintmark.simulators.results.Recorder;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackIT {

  @TempDir
  Path folder;

  /** Adds up what it is told. */
  private static final class Counting implements Recorder {
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    @Override
    public void done(String operation, long dueNanos, long endNanos) {
      count(operation, 1);
    }

    @Override
    public void failed(String operation, String reason) {
      count(reason, 1);
    }

    @Override
    public void count(String counter, long more) {
      counts.merge(counter, more, Long::sum);
    }

    @Override
    public void mark(String text) {}

    @Override
    public void row(String table, Map<String, String> cells) {
      assertThat(cells.get("saw")).isNotEmpty();
      count("rows of " + table, 1);
    }
  }

  @Test
  void everyMoveIsHeldAgainst() throws Exception {
    Counting counts = new Counting();
    try (AttackedInstallation installation = new AttackedInstallation(folder.resolve("data"))) {
      AttackReport report = new Attack(
              installation, folder.resolve("run"), HostileMoves.all(), counts, Progress.none())
          .play();

      assertThat(report.passed()).as(report.table()).isTrue();
      assertThat(report.notTried()).isEmpty();
      assertThat(report.rows()).hasSize(HostileMoves.all().size());
    }
    long all = HostileMoves.all().size();
    assertThat(counts.counts)
        .containsEntry("moves", all)
        .containsEntry("leaks", 0L)
        .containsEntry("unproven", 0L)
        .containsEntry("attack", all)
        .containsEntry("rows of moves", all);
  }
}
