package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.attack.HostileMoves;
import io.mintmark.simulators.results.Results;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackIT {

  @TempDir
  Path folder;

  @Test
  void everyMoveIsHeldAgainst() throws Exception {
    Results results;
    try (AttackedInstallation installation = new AttackedInstallation(folder.resolve("data"))) {
      results = PlayedScenario.of(ScenarioFile.find("attack").scenario(), installation, folder);
    }
    long all = HostileMoves.all().size();
    assertThat(results.counters())
        .containsEntry("moves", all)
        .containsEntry("leaks", 0L)
        .containsEntry("untried", 0L)
        .containsEntry("unproven", 0L);
    assertThat(results.operations().get("attack").count()).isEqualTo(all);
    assertThat(results.tables().get("moves"))
        .hasSize((int) all)
        .allSatisfy(row -> assertThat(row)
            .containsEntry("verdict", "held")
            .hasEntrySatisfying("saw", saw -> assertThat(saw).isNotEmpty()));
  }
}
