package io.mintmark.simulators.results;

/**
 * A part of a run.
 *
 * @param from its begin, in seconds since the run's
 * @param to its end
 */
record Span(double from, double to) {

  /** Nanoseconds as seconds, exact to a microsecond: what files say is what was computed with. */
  static double seconds(long nanos) {
    return Math.round(nanos / 1e3) / 1e6;
  }

  double seconds() {
    return Math.max(1e-9, to - from);
  }

  Span and(Span other) {
    return new Span(Math.min(from, other.from), Math.max(to, other.to));
  }
}
