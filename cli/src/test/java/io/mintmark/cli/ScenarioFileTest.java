package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.simulators.results.Expectation;
import io.mintmark.simulators.scenario.BuiltIn;
import io.mintmark.simulators.scenario.Draft;
import io.mintmark.simulators.scenario.Scenario;
import io.mintmark.simulators.scenario.Settings.Value;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScenarioFileTest {

  private static final String WHOLE = """
      name: mine
      description: all keys
      engine: sdk
      seed: 5
      fleet: {name: meters, devices: 7, lifetime: 1h, state: /tmp/meters}
      steps:
        - enroll
        - connect: {rate: 20/s}
        - telemetry: {rate: 100/s, duration: 10s}
          renew: {over: 5s}
      expect:
        - lost==0
      """;

  /** What goes wrong there on purpose, and a rollover, which counts what may not fail. */
  private static final Set<String> NOT_ALL_SUCCEEDS = Set.of("attack", "faults", "rollover");

  @Test
  void everyBuiltInScenarioCanBePlayedAndReadBack() throws Exception {
    for (String name : BuiltIn.names()) {
      Draft draft = ScenarioFile.find(name);
      Scenario scenario = draft.scenario();
      assertThat(scenario.name()).isEqualTo(name);
      assertThat(draft.description()).isNotBlank();
      scenario.expectations().forEach(Expectation::parse);
      if (!NOT_ALL_SUCCEEDS.contains(name)) {
        assertThat(scenario.expectations()).as(name).contains("failed==0");
      }
      assertThat(ScenarioFile.read("again", scenario.text()).scenario().text())
          .isEqualTo(scenario.text());
    }
  }

  @Test
  void aFileSaysAllOfIt() throws Exception {
    Scenario scenario = ScenarioFile.read("mine.yaml", WHOLE).scenario();
    assertThat(scenario.fleet().value()).isEqualTo("meters");
    assertThat(scenario.devices()).isEqualTo(7);
    assertThat(scenario.seed()).isEqualTo(5);
    assertThat(scenario.state()).hasToString("/tmp/meters");
    assertThat(scenario.steps()).hasSize(3);
    assertThat(scenario.steps().get(2)).hasSize(2);
    assertThat(scenario.expectations()).containsExactly("lost==0");
  }

  @Test
  void aFlagChangesThePhasesThatSayIt() throws Exception {
    Draft draft = ScenarioFile.read("mine.yaml", WHOLE);
    Draft slower = draft.with("rate", new Value("5/s", "--rate"));
    assertThat(slower.steps().get(1).get("connect").text("rate")).contains("5/s");
    assertThat(slower.steps().get(2).get("telemetry").text("rate")).contains("5/s");
    // Enrolling says nothing of a rate, so that it stays as it is.
    assertThat(slower.steps().get(0).get("enroll").has("rate")).isFalse();
    // Nobody says it: all that know it.
    assertThat(draft
            .with("payload", new Value("9", "--payload"))
            .steps()
            .get(2)
            .get("telemetry")
            .text("payload"))
        .contains("9");
    assertThatThrownBy(() -> draft.with("away", new Value("5s", "--away")))
        .hasMessage("--away: none of enroll, connect, telemetry, renew in the scenario mine has a"
            + " 'away'; leave it out");
  }

  @Test
  void aNameDoesNotWriteOnTheTerminal() throws Exception {
    Scenario odd =
        ScenarioFile.read("x", "name: \"a: \\e[2J\\nb\"\nsteps: [enroll]").scenario();
    assertThat(odd.name()).isEqualTo("a: \\u001b[2J\\u000ab");
    assertThat(ScenarioFile.read("again", odd.text()).scenario().name()).isEqualTo(odd.name());
  }

  @Test
  void whatIsWrongIsOneLine() {
    refused("stepps: []", "line 1: unknown key 'stepps' in a scenario: did you mean 'steps'?");
    refused("steps: []", "has no steps");
    refused("steps:\n- conect", "line 2: there is no verb 'conect': did you mean 'connect'?");
    refused("steps:\n- connect: {concurency: 3}", "did you mean 'concurrency'?");
    refused("steps:\n- connect: {concurrency: 0}", "line 2: 'concurrency' of connect: '0'");
    refused("steps:\n- connect: {rate: 5/s, concurrency: 3}", "leave one of them out");
    refused("steps:\n- telemetry: {duration: 5s}", "an open loop needs a rate");
    refused("steps:\n- telemetry: {rate: 5/s}", "would never end: give one of it a 'duration'");
    refused("steps:\n- telemetry: {rate: 5/s, duration: 1s, payload: 3}", "'payload' of telemetry");
    refused("steps:\n- enroll\nengine: jdk", "line 3: 'engine' of the scenario: cannot be 'jdk'");
    refused("steps:\n- enroll\nfleet: {devices: -1}", "'devices' of the fleet: '-1'");
    refused("steps:\n- enroll\nfleet: {name: A B}", "'name' of the fleet:");
    refused("steps:\n- enroll\nfleet: {lifetime: 1s}", "a certificate lives 10s at least");
    refused("- enroll", "expected keys and values");
    refused("# nothing\n\n", "x.yaml is empty: 'mintmark simulate --show telemetry' prints one");
    refused("steps:\n- wait: {duration: 9d}\n- {}", "x.yaml, line 3: a step needs a verb: one of");
    refused("steps:\n- wait: {duration: x}", "x.yaml, line 2: 'duration' of wait: 'x'");
  }

  private static void refused(String yaml, String why) {
    assertThatThrownBy(() -> ScenarioFile.read("x.yaml", yaml).scenario())
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
