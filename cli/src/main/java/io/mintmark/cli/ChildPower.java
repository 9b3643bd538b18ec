package io.mintmark.cli;

import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A part of an installation of our own that may be switched off and on: a child process, on the same
 * folder and the same ports each time. Thread-safe; {@link #cpuTime} waits for nobody who switches.
 *
 * @param <P> the process
 */
abstract class ChildPower<P> implements Target.Power, AutoCloseable {

  private final Function<P, ProcessHandle> handle;
  private volatile Now<P> now;

  /**
   * Where it is now.
   *
   * @param process null while it is off
   * @param spent the processor time of all before it
   */
  private record Now<P>(P process, Duration spent) {}

  /** One that runs already. */
  ChildPower(P process, Function<P, ProcessHandle> handle) {
    this.handle = handle;
    this.now = new Now<>(process, Duration.ZERO);
  }

  /** Starts it where it was; returns when it answers. */
  abstract P again() throws IOException, CommandFailure;

  /** The processor time of all its processes so far. */
  final Duration cpuTime() throws IOException {
    Now<P> at = now;
    return at.process() == null
        ? at.spent()
        : at.spent().plus(ProcessCpu.of(handle.apply(at.process())));
  }

  final synchronized void end(Consumer<P> way) {
    P process = now.process();
    if (process != null) {
      Duration used = handle.apply(process).info().totalCpuDuration().orElse(Duration.ZERO);
      now = new Now<>(null, now.spent().plus(used));
      way.accept(process);
    }
  }

  @Override
  public final synchronized void start() throws IOException {
    if (now.process() == null) {
      try {
        now = new Now<>(again(), now.spent());
      } catch (CommandFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  @Override
  public abstract void close();
}
