package io.mintmark.cli;

import io.mintmark.simulators.Environment;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.fault.ProxiedTarget;
import io.mintmark.simulators.fleet.Engines;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.fleet.FleetPlan;
import io.mintmark.simulators.fleet.GeneratorLoad;
import io.mintmark.simulators.fleet.NoFleet;
import io.mintmark.simulators.results.Expectation;
import io.mintmark.simulators.results.Live;
import io.mintmark.simulators.results.Recording;
import io.mintmark.simulators.results.Results;
import io.mintmark.simulators.results.Run;
import io.mintmark.simulators.scenario.FleetEvents;
import io.mintmark.simulators.scenario.Play;
import io.mintmark.simulators.scenario.Scenario;
import io.mintmark.simulators.scenario.ScenarioRun;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Plays one scenario against one installation and records it. Run once. */
final class Simulation {

  /**
   * What is to be done.
   *
   * @param scenario what is played
   * @param state where the fleet's credentials are
   * @param folder for files of this run
   * @param raw for the raw results; null for none
   * @param command the command line, without secrets
   * @param expectations what the run is held to
   */
  record Order(
      Scenario scenario,
      Path state,
      Path folder,
      Path raw,
      String command,
      List<Expectation> expectations) {

    /** Its devices; null if there are none. */
    FleetPlan plan() {
      return scenario.devices() == 0
          ? null
          : new FleetPlan(scenario.fleet(), scenario.devices(), scenario.lifetime(), state);
    }
  }

  /**
   * How it ended.
   *
   * @param results what it came to
   * @param failure why it could not be played to its end, one line; null if it could
   */
  record End(Results results, String failure) {

    /** Whether all went as it should. */
    boolean passed() {
      return failure == null && results.passed();
    }
  }

  private static final long SAMPLE_MILLIS = 1_000;

  private final Order order;
  private final Target target;
  private final RunProgress progress;
  private final ScenarioRun run;
  private final GeneratorLoad load = new GeneratorLoad();

  /** One; nothing happens yet. */
  Simulation(Order order, Target target, RunProgress progress) {
    this.order = order;
    this.target = target;
    this.progress = progress;
    this.run = new ScenarioRun(order.scenario());
  }

  /**
   * Plays it to its end, or until the thread is interrupted.
   *
   * @throws IOException with one line if it cannot begin
   */
  End run() throws IOException {
    // Devices alone meet what the scenario lets go wrong: who measures does not.
    try (ProxiedTarget proxied = ProxiedTarget.before(target, order.scenario().phases());
        FleetEngine fleet = fleet(proxied.devices());
        Recording recording = Recording.start(about(), order.raw())) {
      ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
      try {
        // Not at a fixed rate: what was held up would be made up for in intervals of no length.
        var unused = sampler.scheduleWithFixedDelay(
            () -> progress.show(run.step(), sample(recording, fleet)),
            SAMPLE_MILLIS,
            SAMPLE_MILLIS,
            TimeUnit.MILLISECONDS);
        return play(proxied, recording, fleet, sampler);
      } finally {
        sampler.shutdownNow();
      }
    }
  }

  private End play(
      Target proxied, Recording recording, FleetEngine fleet, ScheduledExecutorService sampler) {
    boolean stopped = false;
    String failure = null;
    try {
      run.play(new Play(
          proxied,
          fleet,
          recording,
          progress,
          order.folder(),
          order.scenario().seed(),
          new CopyOnWriteArrayList<>(),
          FleetEvents.of(fleet),
          () -> false));
    } catch (InterruptedException e) {
      stopped = true;
    } catch (Exception e) {
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    // The report is written all the same.
    Thread.interrupted();
    sampler.shutdown();
    sample(recording, fleet);
    progress.done();
    return new End(recording.finish(order.expectations(), stopped), failure);
  }

  private Live sample(Recording recording, FleetEngine fleet) {
    // Counted where there are none, too: that there were none is to be read as well.
    recording.count("generator.full-seconds", load.sample() ? 1 : 0);
    Duration cpu = null;
    try {
      cpu = target.cpuTime().orElse(null);
    } catch (IOException e) {
      // One of its processes is just away: unknown, this time.
    }
    return recording.sample(fleet.states(), cpu);
  }

  private FleetEngine fleet(Site devices) throws IOException {
    FleetPlan plan = order.plan();
    return plan == null
        ? new NoFleet()
        : Engines.open(order.scenario().engine(), devices, plan, progress);
  }

  private Run about() {
    Scenario scenario = order.scenario();
    return new Run(
        scenario.name(),
        scenario.text(),
        order.command(),
        target.describe(),
        scenario.engine(),
        scenario.devices(),
        Version.text(),
        Environment.current());
  }
}
