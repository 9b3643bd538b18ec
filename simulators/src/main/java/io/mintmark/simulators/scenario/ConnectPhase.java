package io.mintmark.simulators.scenario;

import io.mintmark.simulators.fleet.FleetEngine.Listener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Devices connect: those that are not connected; all again, after they have taken their leave; or all by
 * themselves, after the broker was restarted.
 *
 * @param after what comes before
 * @param pace how many
 * @param within how long a herd may take
 */
record ConnectPhase(String after, Pace pace, Duration within) implements Phase {

  private static final String NAME = "connect";
  private static final String START = "start";
  private static final String DISCONNECT = "disconnect";
  private static final String RESTART = "broker-restart";
  private static final String KILL = "broker-kill";
  private static final Key AFTER = new Key(
      "after",
      "WHAT",
      "What comes before: start (nothing), disconnect (all leave first), broker-restart or"
          + " broker-kill (all come back by themselves).");
  private static final Key WITHIN =
      new Key("within", "TIME", "How long a herd may take after the broker is back.");
  private static final int AT_ONCE = 16;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 20;

  static final Verb VERB = new Verb(
      NAME,
      List.of(Pace.CONCURRENCY, Pace.RATE, AFTER, WITHIN),
      settings -> new ConnectPhase(
          settings.word(AFTER.name(), START, List.of(START, DISCONNECT, RESTART, KILL)),
          Pace.of(settings, AT_ONCE),
          settings.time(WITHIN.name()).orElse(LONGEST)));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public Needs needs() {
    return after.equals(START) ? Needs.DEVICES : Needs.CONNECTED;
  }

  @Override
  public void check(Target target) {
    if (restarts() && target.brokerPower().isEmpty()) {
      throw new IllegalArgumentException("'after: " + after + "' of connect: the broker of "
          + target.describe()
          + " is not ours to stop: use 'after: disconnect', or play it against a"
          + " temporary installation");
    }
  }

  private boolean restarts() {
    return after.equals(RESTART) || after.equals(KILL);
  }

  @Override
  public void play(Play play) throws IOException, InterruptedException {
    if (restarts()) {
      herd(play);
      return;
    }
    if (after.equals(DISCONNECT)) {
      leave(play);
    }
    int[] away = IntStream.range(0, play.fleet().size())
        .filter(device ->
            !play.events().isPresent(device) && play.fleet().certificate(device).isPresent())
        .toArray();
    if (away.length == 0) {
      throw new IOException("connect: there is no device to connect: enrol some before");
    }
    new Wave(play.recorder(), NAME).play(away, pace, device -> connect(play, device));
  }

  /** Connects one, and remembers that it is there. */
  static CompletableFuture<Void> connect(Play play, int device) {
    return play.fleet().connect(device).thenRun(() -> play.events().present(device, true));
  }

  private static void leave(Play play) throws InterruptedException {
    int[] there = play.events().present();
    for (int device : there) {
      play.events().present(device, false);
    }
    new Wave(play.recorder(), "disconnect").play(there, Pace.of(AT_ONCE), play.fleet()::disconnect);
  }

  private void herd(Play play) throws IOException, InterruptedException {
    Target.Power broker = play.target().brokerPower().orElseThrow();
    int[] there = play.events().present();
    if (there.length == 0) {
      throw new IOException("connect after " + after + ": no device is connected: connect before");
    }
    Set<Integer> awaited = ConcurrentHashMap.newKeySet();
    IntStream.of(there).forEach(awaited::add);
    Herd herd = new Herd(play, awaited);
    play.events().add(herd);
    try {
      play.recorder().mark("the broker goes");
      if (after.equals(KILL)) {
        broker.kill();
      } else {
        broker.stop();
      }
      herd.start(broker, play.target());
      play.recorder().mark("the broker is back");
      long end = System.nanoTime() + within.toNanos();
      while (!awaited.isEmpty() && System.nanoTime() < end) {
        play.progress().update((there.length - awaited.size()) + "/" + there.length + " are back");
        Thread.sleep(LOOK_MILLIS);
      }
    } finally {
      play.events().remove(herd);
    }
    for (int i = awaited.size(); i > 0; i--) {
      play.recorder().failed(NAME, "not back " + within.toSeconds() + " s after the broker");
    }
  }

  /** Devices that come back: some may before the broker has said that it is there. */
  private static final class Herd implements Listener {
    private final Play play;
    private final Set<Integer> awaited;
    private volatile long due;

    Herd(Play play, Set<Integer> awaited) {
      this.play = play;
      this.awaited = awaited;
    }

    /**
     * Starts the broker. Due is who comes back from when its port was last seen closed: some do before it
     * has said that it is there.
     */
    void start(Target.Power broker, Target target) throws IOException, InterruptedException {
      due = System.nanoTime();
      Thread look = new Thread(() -> look(target), "herd");
      look.setDaemon(true);
      look.start();
      try {
        broker.start();
      } finally {
        look.interrupt();
        look.join();
      }
    }

    private void look(Target target) {
      InetSocketAddress port = new InetSocketAddress(target.brokerHost(), target.brokerPort());
      while (!Thread.currentThread().isInterrupted()) {
        long before = System.nanoTime();
        try (Socket socket = new Socket()) {
          socket.connect(port, (int) LOOK_MILLIS);
          return;
        } catch (ConnectException e) {
          due = before;
        } catch (IOException e) {
          // Not closed, and too busy to say so.
        }
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void returned(int device, Duration away) {
      if (awaited.remove(device)) {
        play.recorder().done(NAME, due, System.nanoTime());
      }
    }
  }
}
