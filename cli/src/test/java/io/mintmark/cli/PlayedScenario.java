package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.results.Expectation;
import io.mintmark.simulators.results.RawReader;
import io.mintmark.simulators.results.Results;
import io.mintmark.simulators.scenario.Scenario;
import io.mintmark.simulators.scenario.Target;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Plays a scenario as {@code mintmark simulate} does, in this process. */
final class PlayedScenario {

  private PlayedScenario() {}

  /**
   * Plays it to its end. It fulfils its own expectations, and its raw results say what its summary
   * does.
   *
   * @param folder for its files and its fleet's
   */
  static Results of(Scenario scenario, Target target, Path folder) throws Exception {
    String name = scenario.name();
    Path raw = folder.resolve(name + ".jsonl");
    List<Expectation> held =
        scenario.expectations().stream().map(Expectation::parse).toList();
    Simulation.End end = new Simulation(
            new Simulation.Order(
                scenario,
                folder.resolve(scenario.fleet().value()),
                folder,
                raw,
                "mintmark simulate " + name,
                held),
            target,
            new RunProgress(
                new PrintWriter(System.err, true, StandardCharsets.UTF_8), RunProgress.Mode.PLAIN))
        .run();
    assertThat(end.failure()).as(name).isNull();
    assertThat(held).as(name).isNotEmpty();
    assertThat(end.passed()).as(name + ": " + end.results().table()).isTrue();
    assertThat(RawReader.read(raw).held(held)).isEqualTo(end.results());
    return end.results();
  }
}
