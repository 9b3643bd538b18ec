package io.mintmark.simulators.results;

import io.mintmark.simulators.fleet.DeviceState;
import java.time.Instant;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Who is told what an interval of about a second came to: a file, a sum. For each interval: the
 * operations and the failures in it, the counters, and at last the sample, which ends it. Called by
 * one thread at a time.
 */
interface Sink {

  void begin(Run run, Instant started);

  /**
   * Operations that came through.
   *
   * @param interval when they ended
   * @param operation which
   * @param active from when the first of the run was due until the last so far has ended
   * @param micros how long each took; not kept by the sink
   */
  void operation(Span interval, String operation, Span active, Histogram micros);

  /** Operations that failed, and why. */
  void failures(Span interval, String operation, String reason, long count);

  /** What counters stand at, if one has changed. */
  void counters(double at, Map<String, Long> counters);

  void mark(Mark mark);

  /** A row of a table of its own; its cells by the names of their columns. */
  void row(String table, Map<String, String> cells);

  void sample(Sample sample);

  /**
   * The run's end.
   *
   * @param stopped whether somebody stopped it before its own end
   */
  void end(double at, boolean stopped);

  /**
   * Where things are at the end of an interval.
   *
   * @param interval which
   * @param states devices by state
   * @param generatorCpu processor time of this process so far, in seconds
   * @param targetCpu that of the installation; null if it is not known
   */
  record Sample(
      Span interval, Map<DeviceState, Integer> states, double generatorCpu, Double targetCpu) {}
}
