package io.mintmark.simulators.scenario;

import io.mintmark.simulators.fleet.FleetEngine.Listener;
import io.mintmark.simulators.fleet.FleetPlan;
import io.mintmark.simulators.results.Recorder;
import io.mintmark.simulators.scenario.Phase.Needs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Plays a scenario: its steps one after the other, the verbs of each at the same time. */
public final class ScenarioRun {

  private final Scenario scenario;
  private volatile String step = "";

  /** A run; nothing happens yet. */
  public ScenarioRun(Scenario scenario) {
    this.scenario = scenario;
  }

  /**
   * Whether all of it can be played there; nothing is changed.
   *
   * @param plan the devices; null if there are none
   * @throws IllegalArgumentException with one line that says what is missing and what to do
   */
  public void check(Target target, FleetPlan plan) {
    checkOrder(plan);
    for (Phase phase : scenario.phases()) {
      phase.check(target);
      if (plan != null) {
        phase.check(plan, scenario.engine());
      }
    }
  }

  /** Nobody waits for the start of an installation to learn that there is nobody to play. */
  private void checkOrder(FleetPlan plan) {
    boolean connected = false;
    for (int i = 0; i < scenario.steps().size(); i++) {
      for (Phase phase : scenario.steps().get(i)) {
        if (phase.needs() != Needs.NOTHING && plan == null) {
          throw new IllegalArgumentException(
              phase.verb() + " needs devices, and the fleet has none: use at least 1");
        }
        if (phase.needs() == Needs.CONNECTED && !connected) {
          throw new IllegalArgumentException("step " + (i + 1) + " of the scenario "
              + scenario.name() + ": " + phase.verb()
              + " needs devices that are connected: put a step with 'connect' before it");
        }
      }
      connected |= scenario.steps().get(i).stream().anyMatch(ConnectPhase.class::isInstance);
    }
  }

  /** The verbs that are played now; empty before and after. */
  public String step() {
    return step;
  }

  /**
   * Plays it to its end.
   *
   * @throws InterruptedException if it was stopped
   * @throws Exception if a verb could not be played, with one line to show; what follows is not
   */
  public void play(Play play) throws Exception {
    Sessions sessions = new Sessions(play.recorder());
    play.events().add(sessions);
    try {
      steps(play);
    } finally {
      play.events().remove(sessions);
    }
  }

  private void steps(Play play) throws Exception {
    int number = 0;
    for (List<Phase> phases : scenario.steps()) {
      step = phases.stream().map(Phase::verb).collect(Collectors.joining(" + "));
      play.recorder().mark(step);
      play.progress().step(++number + "/" + scenario.steps().size() + " " + step);
      together(phases, play);
    }
    step = "";
  }

  /** Ends when all have; if one throws, the others are stopped. */
  private static void together(List<Phase> phases, Play shared) throws Exception {
    AtomicInteger left =
        new AtomicInteger((int) phases.stream().filter(Phase::endsByItself).count());
    Play play = shared.until(() -> left.get() <= 0);
    ExecutorService players = Executors.newCachedThreadPool();
    try {
      CompletionService<Void> playing = new ExecutorCompletionService<>(players);
      for (Phase phase : phases) {
        var unused = playing.submit(() -> {
          try {
            phase.play(play);
          } catch (Exception | Error e) {
            // Who waits for the others must not wait for ever.
            left.set(0);
            throw e;
          } finally {
            if (phase.endsByItself()) {
              left.decrementAndGet();
            }
          }
          return null;
        });
      }
      for (int i = 0; i < phases.size(); i++) {
        playing.take().get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      players.shutdownNow();
      await(players);
    }
  }

  /** Phases end soon after they are interrupted, and one that ended a process once that is back; until then nothing they use is closed. */
  private static void await(ExecutorService players) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!players.awaitTermination(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a verb does not stop");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What becomes of connections that nobody here had ended. */
  private record Sessions(Recorder recorder) implements Listener {
    @Override
    public void lost(int device, String reason) {
      recorder.count("disconnects", 1);
    }

    @Override
    public void returned(int device, Duration away) {
      long now = System.nanoTime();
      recorder.done("return", now - away.toNanos(), now);
    }
  }
}
