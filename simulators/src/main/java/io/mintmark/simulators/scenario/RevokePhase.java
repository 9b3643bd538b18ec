package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.fleet.FleetEngine.Listener;
import io.mintmark.simulators.fleet.FleetPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Some of the connected devices are revoked, one by one; how long until each has lost its connection,
 * and whether one comes back.
 *
 * @param revocations how many
 * @param pacer of the revocations
 */
record RevokePhase(int revocations, Pacer pacer) implements Phase {

  private static final String NAME = "revoke";
  private static final String CUT = "cut";
  private static final String COMEBACKS = "comebacks";
  private static final Key REVOCATIONS =
      new Key("revocations", "N", "How many of the connected devices are revoked.");
  private static final int MOST = 100_000;
  private static final int AT_ONCE = 16;
  private static final Duration LONGEST_CUT = Duration.ofSeconds(30);

  /** How long one that was cut is watched for coming back. */
  private static final long WATCH_MILLIS = 1_000;

  private static final long LOOK_MILLIS = 10;

  static final Verb VERB = new Verb(
      NAME,
      List.of(REVOCATIONS, Pace.RATE),
      settings -> new RevokePhase(
          settings.count(REVOCATIONS.name(), 10, 1, MOST),
          new Pacer(settings.rate(Pace.RATE.name()).orElse(10.0))));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public void check(FleetPlan fleet, String engine) {
    if (revocations > fleet.devices()) {
      throw new IllegalArgumentException("'revocations: " + revocations + "' of revoke: there are "
          + fleet.devices() + " devices: use fewer, or more 'devices' of the fleet");
    }
  }

  @Override
  public Needs needs() {
    return Needs.CONNECTED;
  }

  @Override
  public void play(Play play) throws IOException, InterruptedException {
    List<Integer> chosen = choose(play);
    Cuts cuts = new Cuts(play);
    play.events().add(cuts);
    ExecutorService operators = Executors.newFixedThreadPool(AT_ONCE);
    try {
      long origin = System.nanoTime();
      for (int i = 0; i < chosen.size(); i++) {
        int device = chosen.get(i);
        long due = Wave.due(origin, pacer, i);
        Wave.await(play.recorder(), due, () -> false);
        operators.execute(() -> revoke(play, device, due, cuts));
      }
      operators.shutdown();
      if (!operators.awaitTermination(Wave.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        operators
            .shutdownNow()
            .forEach(never -> play.recorder().failed(NAME, "not begun, as others took too long"));
      }
      cuts.finish();
    } finally {
      operators.shutdownNow();
      play.events().remove(cuts);
      chosen.forEach(play.events()::free);
    }
  }

  private List<Integer> choose(Play play) throws IOException {
    List<Integer> there =
        Arrays.stream(play.events().present()).boxed().collect(Collectors.toList());
    if (there.size() < revocations) {
      throw new IOException("revoke: " + revocations + " devices are to be revoked and "
          + there.size() + " are connected: connect more, or revoke fewer");
    }
    Collections.shuffle(there, new Random(play.seed()));
    List<Integer> chosen = new ArrayList<>();
    for (int device : there) {
      if (chosen.size() < revocations && play.events().take(device)) {
        chosen.add(device);
      }
    }
    return chosen;
  }

  private static void revoke(Play play, int device, long due, Cuts cuts) {
    cuts.expect(device, due);
    play.events().present(device, false);
    try {
      play.target().revoke(play.fleet().identity(device).device());
      play.recorder().done(NAME, due, System.nanoTime());
    } catch (IOException e) {
      cuts.forget(device);
      play.events().present(device, true);
      play.recorder().failed(NAME, Wave.reason(e));
    }
  }

  /** Hears which connections end. */
  private static final class Cuts implements Listener {
    private final Play play;
    private final Map<Integer, Long> awaited = new ConcurrentHashMap<>();
    private final Set<Integer> cut = ConcurrentHashMap.newKeySet();

    Cuts(Play play) {
      this.play = play;
      play.recorder().count(CUT, 0);
      play.recorder().count(COMEBACKS, 0);
    }

    void expect(int device, long due) {
      awaited.put(device, due);
    }

    void forget(int device) {
      awaited.remove(device);
    }

    @Override
    public void lost(int device, String reason) {
      long now = System.nanoTime();
      Long due = awaited.remove(device);
      if (due != null) {
        cut.add(device);
        play.recorder().done(CUT, due, now);
        play.recorder().count(CUT, 1);
      }
    }

    @Override
    public void returned(int device, Duration away) {
      if (cut.contains(device)) {
        play.recorder().count(COMEBACKS, 1);
      }
    }

    void finish() throws InterruptedException {
      long end = System.nanoTime() + LONGEST_CUT.toNanos();
      while (!awaited.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(LOOK_MILLIS);
      }
      for (int i = awaited.size(); i > 0; i--) {
        play.recorder().failed(CUT, "still connected after " + LONGEST_CUT.toSeconds() + " s");
      }
      Thread.sleep(WATCH_MILLIS);
    }
  }
}
