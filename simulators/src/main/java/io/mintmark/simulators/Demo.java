package io.mintmark.simulators;

import io.mintmark.simulators.attack.HostileMove;
import io.mintmark.simulators.attack.HostileMoves;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Puts everything Mintmark claims to the test, on a running installation: a fleet enrols, connects,
 * sends telemetry and renews, intruders try the doors, the service goes away, a device is revoked.
 * A claim that fails does not stop those after it.
 *
 * <p>Run once, on one thread; {@link #close} may be called from any other to stop it.
 */
public final class Demo implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How a claim is put to the test; what it throws is why the claim failed. */
  @FunctionalInterface
  private interface Test {
    Claim of(DemoRow row) throws Exception;
  }

  private final Installation installation;
  private final DemoOptions options;
  private final Progress progress;
  private final Clock clock;
  private final Figures figures = new Figures();
  private final Map<DemoRow, Claim> claims = new EnumMap<>(DemoRow.class);
  private final CountDownLatch over = new CountDownLatch(1);
  private Thread runner;
  private boolean stopped;

  /**
   * @param installation started; the demo creates fleets, devices and an application in it
   * @param options how large
   * @param progress told what goes on
   */
  public Demo(Installation installation, DemoOptions options, Progress progress) {
    this.installation = installation;
    this.options = options;
    this.progress = progress;
    this.clock = Clock.systemUTC();
  }

  /** Runs the demo; all that goes wrong with a claim is in the report. */
  public DemoReport run() {
    Instant started = clock.instant();
    String why = "stopped";
    try {
      begin();
      progress.step("Setting up a factory, a fleet and an application that sees everything");
      try (DemoScene scene = DemoScene.set(installation, options, progress, clock)) {
        show(scene);
      }
    } catch (InterruptedException e) {
      // The rows that are missing say so.
    } catch (IOException | RuntimeException e) {
      why = "the scene could not be set: " + e.getMessage();
    } finally {
      end();
    }
    for (DemoRow row : DemoRow.values()) {
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

  private void show(DemoScene scene) throws InterruptedException {
    try {
      VirtualFleet fleet = scene.fleet();
      row(DemoRow.ENROLLED, row -> Enrolling.enrol(row, fleet, figures));
      row(DemoRow.CONNECTED, row -> Enrolling.connect(row, fleet, figures));
      row(DemoRow.TELEMETRY, row -> SteadyTelemetry.show(row, scene, options, figures));
      try (RenewalUnderTraffic renewal = new RenewalUnderTraffic(scene, options, progress)) {
        hostile(scene);
        row(DemoRow.RENEWED, row -> renewal.show(row, options.lifetime(), figures));
      }
      row(DemoRow.SERVICE_STOPPED, row -> ServiceOutage.show(row, scene, figures));
      row(DemoRow.REVOKED, row -> Revocation.show(row, scene, figures));
      refute(scene.leaks());
    } finally {
      // Who stopped the showing does not mean the closing of what it opened.
      Thread.interrupted();
    }
  }

  private void hostile(DemoScene scene) throws InterruptedException {
    moves(scene, DemoRow.FOREIGN_PUBLISH, HostileMoves.foreignPublish());
    moves(scene, DemoRow.FOREIGN_SUBSCRIBE, HostileMoves.foreignSubscribe());
    moves(scene, DemoRow.FOREIGN_WILL, HostileMoves.foreignWill());
    moves(scene, DemoRow.FOREIGN_CLIENT_ID, HostileMoves.foreignClientId());
    moves(scene, DemoRow.NO_CERTIFICATE, HostileMoves.noCertificate());
    moves(scene, DemoRow.SELF_SIGNED, HostileMoves.selfSigned());
    moves(scene, DemoRow.UNKNOWN_CA, HostileMoves.unknownCa());
    moves(scene, DemoRow.FACTORY_CERTIFICATE, HostileMoves.factoryCertificate());
    row(
        DemoRow.EXPIRED,
        row -> HostileMove.claim(
            row.title(), HostileMoves.goodOnce("after its end", scene.expired()), scene.stage()));
  }

  private void moves(DemoScene scene, DemoRow row, List<HostileMove> moves)
      throws InterruptedException {
    row(row, r -> HostileMove.claim(r.title(), moves, scene.stage()));
  }

  private void row(DemoRow row, Test test) throws InterruptedException {
    progress.step(row.title());
    try {
      claims.put(row, test.of(row));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      claims.put(row, Claim.of(row.title(), false, "failed", why));
    }
  }

  /** What was found undelivered when the move was made may have been delivered since. */
  private void refute(Set<String> leaks) {
    claims.replaceAll((row, claim) -> claim.passed() && leaks.contains(claim.name())
        ? claim.refuted("a message was DELIVERED, if late")
        : claim);
  }

  private synchronized void begin() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException();
    }
    runner = Thread.currentThread();
  }

  private synchronized void end() {
    runner = null;
    Thread.interrupted();
    over.countDown();
  }

  /** Stops the demo if it runs, and waits until it has closed all it opened. */
  @Override
  public void close() {
    synchronized (this) {
      stopped = true;
      if (runner == null) {
        return;
      }
      runner.interrupt();
    }
    try {
      over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
