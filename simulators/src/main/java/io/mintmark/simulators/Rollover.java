package io.mintmark.simulators;

import io.mintmark.simulators.RolloverSteps.Step;
import io.mintmark.simulators.VirtualFleet.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Rolls the CAs of a running installation under telemetry: first the issuing CA, then the root, as an
 * operator would and without force. The measurement of {@code mintmark benchmark rollover}. Whatever the
 * operator does not get is a row that failed, and so is all that would have followed; what became of
 * devices and messages is told in any case. Run once.
 */
public final class Rollover {

  private final Installation installation;
  private final Authorities authorities;
  private final RolloverOptions options;
  private final Progress progress;
  private final Clock clock = Clock.systemUTC();
  private final Figures figures = new Figures();
  private final Map<RolloverRow, Claim> claims = new EnumMap<>(RolloverRow.class);

  /**
   * @param installation started; the rollover creates a fleet, devices and an application in it
   * @param authorities of the same installation
   * @param options how large
   * @param progress told what goes on
   */
  public Rollover(
      Installation installation,
      Authorities authorities,
      RolloverOptions options,
      Progress progress) {
    this.installation = installation;
    this.authorities = authorities;
    this.options = options;
    this.progress = progress;
  }

  /** Runs it; what goes wrong is in the report. */
  public DemoReport run() throws InterruptedException {
    Instant started = clock.instant();
    String why = "a step before it failed";
    progress.step("Setting up a factory, a fleet and an application that sees everything");
    try (RolloverScene scene = RolloverScene.set(installation, options, progress, clock)) {
      play(scene);
    } catch (IOException | RuntimeException e) {
      why = "the story broke off: " + e.getMessage();
    }
    for (RolloverRow row : RolloverRow.values()) {
      claims.putIfAbsent(row, Claim.notRun(row.title(), why));
    }
    return new DemoReport(
        started,
        clock.instant(),
        options.devices(),
        Environment.current(),
        List.copyOf(claims.values()),
        figures.all());
  }

  private void play(RolloverScene scene) throws InterruptedException {
    if (!row(RolloverRow.CONNECTED, row -> connect(row, scene))) {
      return;
    }
    try (RolloverTraffic traffic = new RolloverTraffic(scene, options, figures)) {
      RolloverSteps steps = new RolloverSteps(
          installation,
          authorities,
          RollingFleet.of(scene.fleet().devices()),
          RolloverScene.FLEET,
          List.of(scene.application()),
          options.lifetime(),
          progress,
          figures);
      boolean gone = row(RolloverRow.NEW_ISSUING, steps::newIssuing)
          && row(RolloverRow.TOO_EARLY, steps::tooEarly)
          && row(RolloverRow.HELD, steps::held)
          && row(RolloverRow.RENEWED, steps::renewed)
          && row(RolloverRow.OTHERS, steps::others)
          && row(RolloverRow.RETIRED, steps::retired)
          && row(RolloverRow.GONE, steps::gone);
      row(RolloverRow.MESSAGES, traffic::messages);
      row(RolloverRow.DEVICES, traffic::devices);
      if (gone) {
        row(RolloverRow.LATECOMER, row -> steps.latecomer(row, scene.latecomer()));
      }
    }
  }

  private Claim connect(RolloverRow row, RolloverScene scene) throws Exception {
    scene.sendLatecomerAway();
    Outcome outcome = scene.fleet().all("enrolled", VirtualDevice::start);
    return Claim.of(
        row.title(),
        outcome.complete(),
        outcome.done() + "/" + outcome.asked(),
        outcome.complete() ? "" : Reasons.text(outcome.failures()));
  }

  private boolean row(RolloverRow row, Step step) throws InterruptedException {
    progress.step(row.title());
    Claim claim = claim(row, step);
    claims.put(row, claim);
    return claim.passed();
  }

  /** What a step came to; one that threw has failed. */
  static Claim claim(RolloverRow row, Step step) throws InterruptedException {
    try {
      return step.show(row);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      return Claim.of(row.title(), false, "failed", why);
    }
  }
}
