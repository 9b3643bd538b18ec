package io.mintmark.simulators.scenario;

import io.mintmark.identity.Validity;
import io.mintmark.simulators.CaChange;
import io.mintmark.simulators.Claim;
import io.mintmark.simulators.RollingFleet;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.fleet.FleetPlan;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The installation's CAs change while the connected devices go on.
 *
 * @param root whether the root changes, too, and not only the issuing CA
 */
record RolloverPhase(boolean root) implements Phase {

  private static final String NAME = "rollover";
  private static final String RENEW = "renew";
  private static final String ROOT = "root";
  private static final String ISSUING = "issuing";
  private static final Key CHANGE =
      new Key("change", "issuing|root", "The issuing CA, or the root and its issuing CA after it.");
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);
  private static final int AT_ONCE = 16;

  static final Verb VERB = new Verb(
      NAME,
      List.of(CHANGE),
      settings -> new RolloverPhase(
          settings.word(CHANGE.name(), ROOT, List.of(ISSUING, ROOT)).equals(ROOT)));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public Needs needs() {
    return Needs.CONNECTED;
  }

  @Override
  public void check(Target target) {
    if (target.authorities().isEmpty()) {
      throw new IllegalArgumentException("rollover: the CAs of " + target.describe()
          + " cannot all be seen from here, or are not to be changed: allow it with --change-cas, or"
          + " play it against a temporary installation");
    }
  }

  @Override
  public void check(FleetPlan fleet, String engine) {
    if (!engine.equals(Scenario.SDK)) {
      throw new IllegalArgumentException("rollover: the devices of the engine " + engine
          + " do not follow the service's roots:" + " use the engine sdk");
    }
    if (fleet.lifetime().compareTo(LONGEST_LIFETIME) > 0) {
      throw new IllegalArgumentException("rollover: each step waits for the devices to renew, and"
          + " their certificates live " + fleet.lifetime().toDays()
          + "d: use 'lifetime' of the fleet, 10s to 1d");
    }
  }

  @Override
  public void play(Play play) throws IOException, InterruptedException {
    int[] there = play.events().present();
    if (there.length == 0) {
      throw new IOException("rollover: no device is connected: connect some before");
    }
    Duration lifetime = renewed(play, there);
    long[] begun = {0};
    new CaChange(
            play.target(),
            play.target().authorities().orElseThrow(),
            new Present(play.fleet(), there),
            play.fleet().identity(0).fleet(),
            play.applications(),
            lifetime,
            root,
            play.progress())
        .run(
            title -> {
              begun[0] = System.nanoTime();
              play.progress().step(title);
              play.recorder().mark(title);
            },
            claim -> take(play, claim, begun[0]));
  }

  /**
   * Has those renew whose certificates, of a fleet that was stored, live longer than what is issued now: each
   * step waits for renewals.
   *
   * @return how long certificates live now
   * @throws IOException if none can be had
   */
  static Duration renewed(Play play, int[] there) throws IOException, InterruptedException {
    Wave first = new Wave(play.recorder(), RENEW);
    first.play(new int[] {there[0]}, Pace.of(1), play.fleet()::renew);
    if (first.done() == 0) {
      throw new IOException("rollover: a device that is connected could not renew, and each step"
          + " waits for that: see what failed of 'renew'");
    }
    Duration lifetime = lifetime(play, there[0]);
    int[] longer = Arrays.stream(there)
        .filter(device -> lifetime(play, device).compareTo(lifetime) > 0)
        .toArray();
    new Wave(play.recorder(), RENEW).play(longer, Pace.of(AT_ONCE), play.fleet()::renew);
    return lifetime;
  }

  private static Duration lifetime(Play play, int device) {
    return Validity.of(play.fleet().certificate(device).orElseThrow()).lifetime();
  }

  private static void take(Play play, Claim claim, long begun) {
    if (claim.passed()) {
      play.progress().step("  " + claim.figure());
      play.recorder().done(NAME, begun, System.nanoTime());
    } else {
      play.recorder().failed(NAME, claim.name() + ": " + claim.figure() + " " + claim.detail());
    }
  }

  /** Those that were connected when it began. */
  record Present(FleetEngine fleet, int[] devices) implements RollingFleet {
    @Override
    public int size() {
      return devices.length;
    }

    /** Who renewed and did not come to the broker with it counts as little as who did not renew. */
    @Override
    public long renewedBy(X509Certificate issuing) {
      return Arrays.stream(devices).filter(isBy(issuing)).count();
    }

    private IntPredicate isBy(X509Certificate issuing) {
      return device -> fleet
          .shown(device)
          .filter(held -> held.getIssuerX500Principal().equals(issuing.getSubjectX500Principal()))
          .isPresent();
    }

    @Override
    public List<String> trusting(X509Certificate root) throws IOException {
      List<String> names = new ArrayList<>();
      for (int device : devices) {
        if (fleet.trusted(device).contains(root)) {
          names.add(fleet.identity(device).device().value());
        }
      }
      return names;
    }
  }
}
