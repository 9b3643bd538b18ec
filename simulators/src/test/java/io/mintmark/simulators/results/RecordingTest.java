package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mintmark.simulators.fleet.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

  @TempDir
  Path folder;

  @Test
  void latencyCountsFromTheDueMoment() throws Exception {
    FakeRun run = new FakeRun(null);
    run.pass(0.5);
    for (int millis = 1; millis <= 100; millis++) {
      run.done("connect", millis);
    }
    Live live = run.second(0.5, 100, 0);
    assertThat(live.operations().get("connect").count()).isEqualTo(100);
    assertThat(live.operations().get("connect").perSecond()).isCloseTo(100 / 1.5, within(1e-6));
    assertThat(live.operations().get("connect").p99Millis()).isCloseTo(99, within(0.1));
    assertThat(live.states()).containsEntry(DeviceState.CONNECTED, 100);

    Results results = run.finish();
    Results.Operation connect = results.operations().get("connect");
    assertThat(connect.latencyMillis().p50()).isCloseTo(50, within(0.1));
    assertThat(connect.latencyMillis().p999()).isCloseTo(100, within(0.1));
    assertThat(connect.latencyMillis().max()).isCloseTo(100, within(0.1));
    assertThat(connect.latencyMillis().mean()).isCloseTo(50.5, within(0.1));
    // The first was due 100 ms before they all ended.
    assertThat(connect.ratePerSecond()).isCloseTo(1_000, within(1.0));
    assertThat(results.series()).hasSize(1);
    assertThat(results.series().get(0).operations().get("connect").count()).isEqualTo(100);
  }

  @Test
  void aLateTickIsSaid() throws Exception {
    FakeRun kept = new FakeRun(null);
    kept.recording().count("ticks", 1_000);
    kept.recording().count("ticks.late", 10);
    kept.second(0.5, 1, 0);
    assertThat(kept.finish().generator().bottleneck()).isFalse();

    FakeRun behind = new FakeRun(null);
    behind.recording().count("ticks", 1_000);
    behind.recording().count("ticks.late", 11);
    behind.second(0.5, 1, 0);
    Generator generator = behind.finish().generator();
    assertThat(generator.bottleneck()).isTrue();
    assertThat(generator.verdict()).contains("was the bottleneck", "11 of 1,000");
  }

  /** A run of ten seconds, and in how many of them the generator found itself at its limit. */
  private static Results tenSeconds(int full) throws Exception {
    FakeRun run = new FakeRun(null);
    for (int second = 0; second < 10; second++) {
      run.done("connect", 3);
      run.recording().count("generator.full-seconds", second < full ? 1 : 0);
      run.second(0.5, 1, 0);
    }
    return run.finish();
  }

  @Test
  void aGeneratorAtItsLimitIsSaidInSummaryTableAndPage() throws Exception {
    String limit =
        "The generator was busy to its limit in 2 of 10 seconds: rates are lower bounds.";
    Results results = tenSeconds(2);
    assertThat(results.generator().bottleneck()).isTrue();
    assertThat(results.generator().verdict())
        .startsWith("The generator was the bottleneck: ")
        .endsWith(limit);
    assertThat(results.toJson()).contains("\"generator.full-seconds\" : 2", limit);
    assertThat(results.table()).contains("generator.full-seconds 2", limit, "Generator CPU each");
    assertThat(HtmlReport.of(results)).contains("<p class=\"verdict bad\">", limit);
  }

  @Test
  void aGeneratorThatSeldomWasIsNotTheBottleneck() throws Exception {
    Results once = tenSeconds(1);
    assertThat(once.generator().bottleneck()).isFalse();
    assertThat(once.generator().verdict())
        .startsWith("The generator kept up: ")
        .endsWith("The generator was busy to its limit in 1 of 10 seconds.");

    Results never = tenSeconds(0);
    assertThat(never.generator().bottleneck()).isFalse();
    assertThat(never.counters()).containsEntry("generator.full-seconds", 0L);
    assertThat(never.table())
        .contains("The generator kept up: it kept 0.5 of 2 processors busy.")
        .doesNotContain("to its limit");
    assertThat(HtmlReport.of(never)).doesNotContain("verdict bad", "to its limit");
  }

  @Test
  void aFullMachineIsSaid() throws Exception {
    FakeRun alone = new FakeRun(null);
    alone.second(1.9, 1, 0);
    assertThat(alone.finish().generator().verdict())
        .contains("was the bottleneck", "in 1 of 1 seconds");
    FakeRun shared = new FakeRun(null);
    shared.second(1.3, 1, 0);
    shared.second(1.3, 1, 0);
    Generator generator = shared.finish().generator();
    assertThat(generator.bottleneck()).isFalse();
    assertThat(generator.verdict()).contains("machine was full for 50 %");
  }

  @Test
  void theGeneratorsCpuIsToldByOperation() throws Exception {
    FakeRun run = new FakeRun(null);
    run.second(1.0, 0, 0);
    // 500 a second from 1 s to 3 s, for 0.5 s of processor time a second: 1 ms each.
    for (int second = 0; second < 2; second++) {
      for (int i = 0; i < 10; i++) {
        run.pass(0.1);
        for (int j = 0; j < 50; j++) {
          run.done("connect", 100);
        }
      }
      run.sample(0.5, 500, 500);
    }
    run.second(1.0, 0, 0);
    Generator generator = run.finish().generator();
    assertThat(generator.cpuMillisPer().get("connect")).isCloseTo(1.0, within(0.01));
    assertThat(generator.cpuSeconds()).isCloseTo(3.0, within(0.001));
    assertThat(generator.busy()).isCloseTo(0.75, within(0.001));
  }

  @Test
  void reasonsAndMarksAreBounded() throws Exception {
    FakeRun run = new FakeRun(null);
    for (int i = 0; i < 100; i++) {
      run.recording().failed("connect", "reason\n " + i);
      run.recording().failed("connect", "the usual");
    }
    for (int i = 0; i < 1_000; i++) {
      run.recording().mark("mark");
    }
    run.second(0, 0, 0);
    Results results = run.finish();
    Results.Operation connect = results.operations().get("connect");
    assertThat(connect.failed()).isEqualTo(200);
    assertThat(connect.latencyMillis()).isNull();
    assertThat(connect.failures()).hasSize(Track.MOST_REASONS + 1).containsEntry("the usual", 100L);
    assertThat(connect.failures().keySet())
        .startsWith("the usual", Track.OTHER_REASONS)
        .contains("reason\\u000a 0");
    assertThat(results.marks()).hasSize(500);
    assertThat(results.marks().get(499).text()).contains("no further");
  }

  @Test
  void nothingIsLostBetweenThreads() throws Exception {
    FakeRun run = new FakeRun(null);
    int threads = 4;
    long each = 20_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int t = 0; t < threads; t++) {
      pool.execute(() -> {
        for (int i = 0; i < each; i++) {
          run.recording().done("publish", 0, 1_000);
          run.recording().failed("delivery", i % 2 == 0 ? "late" : "never");
          run.recording().count("sent", 1);
        }
      });
    }
    pool.shutdown();
    while (!pool.awaitTermination(1, TimeUnit.MILLISECONDS)) {
      run.sample(0, 0, 0);
    }
    run.sample(0, 0, 0);
    Results results = run.finish();
    assertThat(results.operations().get("publish").count()).isEqualTo(threads * each);
    assertThat(results.operations().get("delivery").failures())
        .containsEntry("late", threads * each / 2)
        .containsEntry("never", threads * each / 2);
    assertThat(results.counters()).containsEntry("sent", threads * each);
  }

  @Test
  void rawResultsSumUpToTheSame() throws Exception {
    Path raw = folder.resolve("raw.jsonl");
    FakeRun run = new FakeRun(raw);
    run.recording().mark("step 1: connect");
    run.recording().row("moves", Map.of("move", "forged-san", "saw", "refused"));
    for (int second = 0; second < 5; second++) {
      for (int i = 1; i <= 200; i++) {
        run.done("connect", i * (second + 1));
        run.recording().count("sent", 1);
      }
      run.recording().failed("connect", "refused <b>");
      run.second(0.7, 200 * second, 10);
    }
    Results results = run.finish();
    assertThat(RawReader.read(raw)).isEqualTo(results);
    assertThat(results.tables().get("moves")).hasSize(1);
    assertThat(results.table()).contains("forged-san");
    // Each line says what it is, and percentiles can be computed again.
    Histogram sum = new Histogram(3);
    for (String line : Files.readAllLines(raw)) {
      assertThat(line).startsWith("{\"type\":\"");
      int at = line.indexOf("histogramMicros\":\"");
      if (at > 0) {
        sum.add(Encoded.read(line.substring(at + 18, line.indexOf('"', at + 18))));
      }
    }
    assertThat(sum.getValueAtPercentile(99.9) / 1e3)
        .isEqualTo(results.operations().get("connect").latencyMillis().p999());
  }

  @Test
  void aKilledRunLeavesRawResultsToRead() throws Exception {
    Path raw = folder.resolve("raw.jsonl");
    FakeRun run = new FakeRun(raw);
    run.done("connect", 3);
    run.second(0.5, 1, 0);
    run.done("connect", 3);
    // Not finished, and a line that was being written is torn.
    String torn = Files.readString(raw) + "{\"type\":\"oper";
    Files.writeString(raw, torn);
    Results results = RawReader.read(raw);
    assertThat(results.operations().get("connect").count()).isEqualTo(1);
    assertThat(results.stopped()).isTrue();
    assertThat(results.remarks()).containsExactly("raw results without an end: the run was killed");

    Path other = Files.writeString(folder.resolve("other"), "hello\n");
    assertThatThrownBy(() -> RawReader.read(other))
        .isInstanceOf(IOException.class)
        .hasMessage(other + ", line 1: no line of raw results: give what --raw wrote");
    Files.writeString(raw, torn + "\n" + "{}\n");
    assertThatThrownBy(() -> RawReader.read(raw)).hasMessageContaining(", line 4: no line");
  }

  @Test
  void aLongRunIsKeptInWiderIntervals() throws Exception {
    FakeRun run = new FakeRun(null);
    int seconds = 3_000;
    for (int second = 0; second < seconds; second++) {
      run.done("publish", 5);
      run.second(0.5, 1, 0);
    }
    Results results = run.finish();
    assertThat(results.series()).hasSizeBetween(300, Tally.MOST_BUCKETS);
    assertThat(results.series().stream()
            .mapToLong(each -> each.operations().get("publish").count())
            .sum())
        .isEqualTo(seconds);
    double end = 0;
    for (Results.Interval each : results.series()) {
      assertThat(each.from()).isEqualTo(end);
      assertThat(each.generatorBusy()).isCloseTo(0.5, within(0.001));
      end = each.to();
    }
    assertThat(end).isEqualTo(seconds);
  }

  @Test
  void aSummaryIsReadBack() throws Exception {
    FakeRun run = new FakeRun(null);
    run.recording().count("lost", 0);
    run.recording().count("sent", 2);
    run.done("connect", 3);
    run.second(0.5, 1, 0);
    Results results = run.finish("connect.p99<500ms", "lost==0");
    Path json = Files.writeString(folder.resolve("summary.json"), results.toJson());
    assertThat(Results.read(json)).isEqualTo(results);

    Files.writeString(json, results.toJson().replace("\"schema\" : 1", "\"schema\" : 2"));
    assertThatThrownBy(() -> Results.read(json))
        .isInstanceOf(IOException.class)
        .hasMessage(json + " is a summary of form 2, and this version reads form 1");
    for (String odd : List.of("", "null", "[]", "{\"schema\": \"x\"}", "hello")) {
      Files.writeString(json, odd);
      assertThatThrownBy(() -> Results.read(json))
          .as(odd)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(json + " is ");
    }
  }

  @Test
  void aFullDiskDoesNotEndTheRun() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "skipped: no /dev/full here");
    FakeRun run = new FakeRun(Path.of("/dev/full"));
    run.done("connect", 3);
    run.second(0.5, 1, 0);
    Results results = run.finish("connect.count==1");
    assertThat(results.passed()).isTrue();
    assertThat(results.remarks()).hasSize(1);
    assertThat(results.remarks().get(0)).startsWith("raw results end at 0 s: /dev/full: ");
  }
}
