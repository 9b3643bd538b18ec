package io.mintmark.simulators.scenario;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;

/**
 * Counts the generator's own threads and heap, as they go up and down: a long run shows whether they grow.
 *
 * @param every how often
 * @param duration for how long; null for as long as the others of the step
 */
record WatchPhase(Duration every, Duration duration) implements Phase {

  private static final String NAME = "watch";
  private static final Key EVERY = new Key("every", "TIME", "How often is looked.");

  static final Verb VERB = new Verb(
      NAME,
      List.of(EVERY, TimedLoop.DURATION),
      settings -> new WatchPhase(
          settings.time(EVERY.name()).orElse(Duration.ofSeconds(5)),
          settings.time(TimedLoop.DURATION.name()).orElse(null)));

  @Override
  public String verb() {
    return NAME;
  }

  @Override
  public boolean endsByItself() {
    return duration != null;
  }

  @Override
  public void play(Play play) throws InterruptedException {
    long start = System.nanoTime();
    while (duration == null
        ? !play.over().getAsBoolean()
        : System.nanoTime() - start < duration.toNanos()) {
      play.recorder()
          .level("generator.threads", ManagementFactory.getThreadMXBean().getThreadCount());
      play.recorder().level("generator.heap-mb", liveHeap() >> 20);
      pause(play, System.nanoTime() + every.toNanos());
    }
  }

  private void pause(Play play, long until) throws InterruptedException {
    while (System.nanoTime() < until && (duration != null || !play.over().getAsBoolean())) {
      Thread.sleep(Math.min(100, Math.max(1, (until - System.nanoTime()) / 1_000_000)));
    }
  }

  /** What was left after the last collection, bytes; what is in use where none has been. */
  private static long liveHeap() {
    long live = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        MemoryUsage left = pool.getCollectionUsage();
        live += left == null ? 0 : left.getUsed();
      }
    }
    return live > 0
        ? live
        : ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
