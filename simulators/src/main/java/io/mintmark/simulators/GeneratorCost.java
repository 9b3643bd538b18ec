package io.mintmark.simulators;

import io.mintmark.identity.FleetId;
import io.mintmark.simulators.fleet.FleetEngine;
import io.mintmark.simulators.fleet.FleetPlan;
import io.mintmark.simulators.fleet.GeneratorLoad;
import io.mintmark.simulators.fleet.SwarmEngine;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * What the devices of engine swarm cost the process that plays them, for each connection and each
 * message: {@code mintmark benchmark generator}. A closed loop as fast as generator and broker go.
 */
public final class GeneratorCost {

  static final String CONNECT = "connect";

  /** Its first seconds, when Java has just begun to compile what they take. */
  static final String FIRST = "connect, from cold";

  static final String PUBLISH = "publish";

  private static final FleetId FLEET = new FleetId("generator");
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final long PATIENCE_SECONDS = 300;
  private static final long SAMPLE_MILLIS = 1_000;

  /** The service and one broker as one installation. */
  @FunctionalInterface
  public interface Sites {
    Site with(MeasuredBroker broker);
  }

  private final Sites sites;
  private final List<? extends BrokerChoice> choices;
  private final GeneratorOptions options;
  private final Progress progress;

  /**
   * A measurement; nothing happens yet.
   *
   * @param choices brokers that admit the service's devices
   */
  public GeneratorCost(
      Sites sites,
      List<? extends BrokerChoice> choices,
      GeneratorOptions options,
      Progress progress) {
    this.sites = sites;
    this.choices = List.copyOf(choices);
    this.options = options;
    this.progress = progress;
  }

  /**
   * Enrols the devices, lets them connect and publish, and measures.
   *
   * @throws IOException if devices cannot enrol or a broker does not start; other operations that
   *     fail are in the report
   */
  public GeneratorReport run() throws IOException, InterruptedException {
    List<GeneratorReport.Row> rows = new ArrayList<>();
    for (BrokerChoice choice : choices) {
      if (choice.missing() != null) {
        progress.step(choice.label() + " is left out: " + choice.missing());
        continue;
      }
      progress.step("Starting " + choice.label());
      MeasuredBroker broker = choice.start();
      FleetPlan plan = new FleetPlan(FLEET, options.devices(), LIFETIME, options.state());
      try (FleetEngine fleet = SwarmEngine.open(sites.with(broker), plan, progress)) {
        enrol(fleet);
        IntFunction<CompletableFuture<Void>> connects =
            device -> fleet.connect(device).thenCompose(connected -> fleet.disconnect(device));
        if (rows.isEmpty()) {
          progress.step("Measuring the first connects at " + choice.label());
          rows.add(measure(choice.label(), FIRST, broker, connects));
        }
        warmUp(choice.label(), CONNECT, connects);
        rows.add(measure(choice.label(), CONNECT, broker, connects));
        progress.step("Connecting " + options.concurrency() + " devices to " + choice.label());
        all(options.concurrency(), fleet::connect);
        byte[] payload = new byte[options.payload()];
        IntFunction<CompletableFuture<Void>> publishes = device -> fleet.publish(
            device % options.concurrency(),
            Topics.telemetry(fleet.identity(device % options.concurrency()), "load"),
            payload,
            1);
        warmUp(choice.label(), PUBLISH, publishes);
        rows.add(measure(choice.label(), PUBLISH, broker, publishes));
      }
    }
    return new GeneratorReport(
        Clock.systemUTC().instant(),
        options.devices(),
        options.concurrency(),
        options.payload(),
        Environment.current(),
        rows);
  }

  private void enrol(FleetEngine fleet) throws IOException, InterruptedException {
    progress.step("Enrolling " + fleet.size() + " devices");
    AtomicInteger enrolled = new AtomicInteger();
    all(
        fleet.size(),
        device -> fleet
            .enrol(device)
            .thenRun(() ->
                progress.update(enrolled.incrementAndGet() + "/" + fleet.size() + " enrolled")));
  }

  private static void all(int devices, IntFunction<CompletableFuture<Void>> deed)
      throws IOException, InterruptedException {
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      asked.add(deed.apply(device));
    }
    try {
      CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + PATIENCE_SECONDS + " s", e);
    }
  }

  private void warmUp(String label, String operation, IntFunction<CompletableFuture<Void>> deed)
      throws InterruptedException {
    progress.step("Warming up: " + operation + " at " + label);
    new Loop(deed).run(options.warmup(), null);
    progress.step("Measuring " + operation + " at " + label);
  }

  private GeneratorReport.Row measure(
      String label,
      String operation,
      MeasuredBroker broker,
      IntFunction<CompletableFuture<Void>> deed)
      throws IOException, InterruptedException {
    Duration before = broker.cpuTime();
    GeneratorLoad load = new GeneratorLoad();
    Loop loop = new Loop(deed);
    loop.run(options.time(), load);
    return new GeneratorReport.Row(
        label,
        operation,
        loop.done.get(),
        loop.failed.get(),
        load.figures(),
        broker.cpuTime().minus(before));
  }

  /** So many at a time; the next begins when one is through. */
  private final class Loop {
    private final IntFunction<CompletableFuture<Void>> deed;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicInteger underway = new AtomicInteger(options.concurrency());
    private volatile boolean over;

    private Loop(IntFunction<CompletableFuture<Void>> deed) {
      this.deed = deed;
    }

    private void run(Duration time, GeneratorLoad load) throws InterruptedException {
      long end = System.nanoTime() + time.toNanos();
      for (int i = 0; i < options.concurrency(); i++) {
        one();
      }
      while (System.nanoTime() < end) {
        Thread.sleep(Math.min(
            SAMPLE_MILLIS,
            1 + Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))));
        if (load != null) {
          load.sample();
        }
      }
      over = true;
      long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (underway.get() > 0 && System.nanoTime() < latest) {
        Thread.sleep(1);
      }
    }

    private void one() {
      while (!over) {
        CompletableFuture<Void> through = deed.apply(next.getAndIncrement() % options.devices());
        if (!through.isDone()) {
          var unused = through.whenComplete((nothing, failure) -> {
            count(failure == null);
            one();
          });
          return;
        }
        // Done at once, as a failure may be: to go on from there would go deeper and deeper.
        count(!through.isCompletedExceptionally());
      }
      underway.decrementAndGet();
    }

    private void count(boolean good) {
      if (!over) {
        (good ? done : failed).incrementAndGet();
      }
    }
  }
}
