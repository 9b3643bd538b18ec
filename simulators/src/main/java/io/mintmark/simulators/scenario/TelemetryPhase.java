package io.mintmark.simulators.scenario;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.RollingApplication;
import io.mintmark.simulators.Topics;
import io.mintmark.simulators.fleet.FleetPlan;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Connected devices publish, each in turn at a rate that waits for nobody, and applications receive all
 * of it; where it is wanted, they send commands as well. Held against each other: what was sent, taken
 * and received.
 *
 * @param loop of the messages
 * @param payload of a message, bytes
 * @param qos 0, 1 or 2
 * @param receivers how many applications share the messages
 * @param commands to devices, in an open loop; null for none
 */
record TelemetryPhase(TimedLoop loop, int payload, int qos, int receivers, Pacer commands)
    implements Phase {

  private static final String NAME = "telemetry";
  private static final Key RATE =
      new Key("rate", "RATE", "Messages of the whole fleet in a time: 200/s.");
  private static final Key PAYLOAD = new Key("payload", "BYTES", "Length of a message.");
  private static final Key QOS = new Key("qos", "0|1|2", "Quality of service.");
  private static final Key RECEIVERS =
      new Key("receivers", "N", "How many applications share the messages of the fleet.");
  private static final Key COMMANDS =
      new Key("commands", "RATE", "Commands from an application to devices in a time: 20/s.");
  private static final int LONGEST_PAYLOAD = 1 << 20;
  private static final int MOST_RECEIVERS = 16;
  private static final long SILENCE_MILLIS = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 200;

  /** What waits for the broker is kept in memory. */
  private static final long MOST_OPEN = 100_000;

  static final Verb VERB = new Verb(
      NAME,
      List.of(RATE, TimedLoop.DURATION, PAYLOAD, QOS, RECEIVERS, COMMANDS),
      TelemetryPhase::of);

  private static TelemetryPhase of(Settings settings) {
    double rate = settings
        .rate(RATE.name())
        .orElseThrow(
            () -> settings.wrong(RATE.name(), "an open loop needs a rate, as in 'rate: 200/s'"));
    return new TelemetryPhase(
        new TimedLoop(new Pacer(rate), settings.time(TimedLoop.DURATION.name()).orElse(null)),
        settings.count(PAYLOAD.name(), 100, Stamp.LENGTH, LONGEST_PAYLOAD),
        settings.count(QOS.name(), 1, 0, 2),
        settings.count(RECEIVERS.name(), 1, 1, MOST_RECEIVERS),
        settings.rate(COMMANDS.name()).map(Pacer::new).orElse(null));
  }

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public Needs needs() {
    return Needs.CONNECTED;
  }

  @Override
  public void check(FleetPlan fleet, String engine) {
    if (qos == 2 && engine.equals(Scenario.SDK)) {
      throw new IllegalArgumentException("'qos: 2' of telemetry: the device SDK knows QoS 0 and 1:"
          + " use one of them, or the engine swarm");
    }
  }

  @Override
  public boolean endsByItself() {
    return loop.endsByItself();
  }

  @Override
  public void play(Play play) throws IOException, InterruptedException {
    if (play.events().present().length == 0) {
      throw new IOException("telemetry: no device is connected: connect some before");
    }
    int stream = ThreadLocalRandom.current().nextInt();
    Books books = new Books(play.recorder(), "delivery", stream, play.fleet().size());
    List<RollingApplication> applications = new ArrayList<>();
    try {
      connect(play, books, applications);
      try (Commands orders = commands == null
          ? null
          : Commands.start(play, applications.get(0), commands, stream + 1)) {
        loop.play(play, new Round(play, books));
        if (orders != null) {
          orders.finish(SILENCE_MILLIS);
        }
      }
      books.close(SILENCE_MILLIS);
    } finally {
      play.applications().removeAll(applications);
      applications.forEach(RollingApplication::close);
    }
  }

  private void connect(Play play, Books books, List<RollingApplication> applications)
      throws IOException, InterruptedException {
    String fleet = play.fleet().identity(0).fleet().value();
    String all = "telemetry/" + fleet + "/#";
    TopicGrants grants = new TopicGrants(List.of("commands/" + fleet + "/#"), List.of(all));
    String filter = receivers == 1 ? all : "$share/simulate/" + all;
    for (int i = 1; i <= receivers; i++) {
      RollingApplication application =
          connected(play.target(), "simulate-" + fleet + "-" + i, grants, filter);
      applications.add(application);
      application.client().onMessage((topic, payload) -> books.arrived(payload));
    }
    play.applications().addAll(applications);
  }

  /** Service or broker may be away for a while: that is what a fault of the same step does. */
  private static RollingApplication connected(
      Target target, String name, TopicGrants grants, String filter)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      try {
        Credential credential = target.application(name, grants);
        return RollingApplication.connect(target, credential, filter, Clock.systemUTC());
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /** Each device that is there in turn. */
  private final class Round implements TimedLoop.Tick {
    private final Play play;
    private final Books books;
    private int last = -1;

    Round(Play play, Books books) {
      this.play = play;
      this.books = books;
    }

    @Override
    public void at(long number, long due) {
      last = play.events().nextPresent(last + 1);
      if (last < 0) {
        // All have been switched off, and what is switched off says nothing.
        return;
      }
      if (books.open() >= MOST_OPEN) {
        play.recorder().failed("publish", MOST_OPEN + " messages wait for the broker already");
        return;
      }
      Identity.Device identity = play.fleet().identity(last);
      Stamp stamp = books.next(last, due);
      int device = last;
      var unused = Wave.follow(
              play.recorder(),
              "publish",
              due,
              () -> play.fleet()
                  .publish(
                      device, Topics.telemetry(identity, "simulate"), stamp.payload(payload), qos))
          .whenComplete((ok, failure) -> {
            if (failure == null) {
              books.taken(stamp);
            } else {
              books.failed();
            }
          });
    }
  }
}
