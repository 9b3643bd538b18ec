package io.mintmark.simulators.scenario;

import io.mintmark.identity.Identity;
import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.RollingApplication;
import io.mintmark.simulators.Topics;
import io.mintmark.simulators.fleet.FleetEngine.Listener;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Commands of an application to devices, each in turn at a rate that waits for nobody. What became of
 * them is counted with the messages of the devices.
 */
final class Commands implements Listener, AutoCloseable {

  private static final String COMMAND = "command";

  /** The broker takes so many at a time from one client, and each waits for its answer. */
  private static final int AT_ONCE = 8;

  private static final int QOS = 1;

  private final Play play;
  private final RollingApplication application;
  private final Pacer pacer;
  private final Books books;
  private final ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE, Commands::thread);
  private final Thread loop = thread(this::run);

  /** Who comes later than the beginning is sent nothing. */
  private final Set<Integer> subscribed = ConcurrentHashMap.newKeySet();

  private volatile boolean stopped;
  private volatile boolean closed;

  private Commands(Play play, RollingApplication application, Pacer pacer, Books books) {
    this.play = play;
    this.application = application;
    this.pacer = pacer;
    this.books = books;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "commands");
    thread.setDaemon(true);
    return thread;
  }

  /** Has the devices that are there subscribe, and begins. */
  static Commands start(Play play, RollingApplication application, Pacer pacer, int stream)
      throws InterruptedException {
    Books books = new Books(play.recorder(), COMMAND, stream, play.fleet().size());
    Commands commands = new Commands(play, application, pacer, books);
    play.events().add(commands);
    new Wave(play.recorder(), "subscribe").play(play.events().present(), Pace.of(64), device -> {
      Identity.Device identity = play.fleet().identity(device);
      return play.fleet()
          .subscribe(device, Topics.commands(identity, "#"), QOS)
          .thenRun(() -> commands.subscribed.add(device));
    });
    commands.loop.start();
    return commands;
  }

  private void run() {
    try {
      int[] last = {-1};
      new TimedLoop(pacer, null).play(play.recorder(), () -> stopped, (number, due) -> {
        int device = nextSubscribed(last[0] + 1);
        if (device >= 0) {
          last[0] = device;
          Stamp stamp = books.next(device, due);
          try {
            senders.execute(() -> send(device, stamp));
          } catch (RejectedExecutionException e) {
            // Closed since, which ends this loop too.
            books.failed();
          }
        }
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int nextSubscribed(int from) {
    int start = play.events().nextPresent(from);
    for (int device = start; device >= 0; ) {
      if (subscribed.contains(device)) {
        return device;
      }
      device = play.events().nextPresent(device + 1);
      if (device == start) {
        return -1;
      }
    }
    return -1;
  }

  private void send(int device, Stamp stamp) {
    String topic = Topics.commands(play.fleet().identity(device), "simulate");
    try {
      application.client().publish(topic, stamp.payload(Stamp.LENGTH));
      books.taken(stamp);
    } catch (IOException e) {
      if (!closed) {
        // One reason for all devices.
        play.recorder().failed(COMMAND, Wave.reason(e).replace(topic, "a device"));
      }
      books.failed();
    }
  }

  @Override
  public void message(int device, String topic, byte[] payload) {
    books.arrived(payload);
  }

  /** Sends no more, and waits for what is on its way. */
  void finish(long silenceMillis) throws InterruptedException {
    stopped = true;
    loop.join();
    books.close(silenceMillis);
  }

  @Override
  public void close() {
    closed = true;
    stopped = true;
    loop.interrupt();
    senders.shutdownNow();
    play.events().remove(this);
  }
}
