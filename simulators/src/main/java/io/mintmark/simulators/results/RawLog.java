package io.mintmark.simulators.results;

import io.mintmark.simulators.ReportJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * Raw results as JSON lines, flushed at the end of each interval, so that a process that is killed
 * leaves a file to read. A fault of the disk does not end the run; it is kept to be told.
 */
final class RawLog implements Sink, AutoCloseable {

  /** The form of the lines. */
  static final int VERSION = 1;

  private final Path file;
  private final BufferedWriter out;
  private String fault;
  private double written;

  RawLog(Path file) throws IOException {
    this.file = file;
    Path folder = file.toAbsolutePath().getParent();
    if (Files.notExists(folder)) {
      Files.createDirectories(folder);
    }
    this.out = Files.newBufferedWriter(file);
  }

  @Override
  public void begin(Run run, Instant started) {
    write(line("run", 0, "version", VERSION, "started", started.toString(), "run", run));
    flush();
  }

  @Override
  public void operation(Span interval, String operation, Span active, Histogram micros) {
    Map<String, Object> line = line("operation", interval.to(), "from", interval.from());
    line.put("operation", operation);
    line.put("count", micros.getTotalCount());
    line.put("p50Millis", micros.getValueAtPercentile(50) / 1e3);
    line.put("p99Millis", micros.getValueAtPercentile(99) / 1e3);
    line.put("maxMillis", micros.getMaxValue() / 1e3);
    line.put("firstDue", active.from());
    line.put("lastEnd", active.to());
    line.put("histogramMicros", Encoded.of(micros));
    write(line);
  }

  @Override
  public void failures(Span interval, String operation, String reason, long count) {
    write(line(
        "failure",
        interval.to(),
        "from",
        interval.from(),
        "operation",
        operation,
        "reason",
        reason,
        "count",
        count));
  }

  @Override
  public void counters(double at, Map<String, Long> counters) {
    write(line("counters", at, "counters", counters));
  }

  @Override
  public void mark(Mark mark) {
    write(line("mark", mark.at(), "text", mark.text()));
  }

  @Override
  public void row(String table, Map<String, String> cells) {
    write(line("row", written, "table", table, "cells", cells));
  }

  @Override
  public void sample(Sample sample) {
    Map<String, Object> line =
        line("second", sample.interval().to(), "from", sample.interval().from());
    line.put("states", sample.states());
    line.put("generatorCpuSeconds", sample.generatorCpu());
    if (sample.targetCpu() != null) {
      line.put("targetCpuSeconds", sample.targetCpu());
    }
    write(line);
    flush();
    if (fault == null) {
      written = sample.interval().to();
    }
  }

  @Override
  public void end(double at, boolean stopped) {
    write(line("end", at, "stopped", stopped));
  }

  /** What kept the file from being whole, one line. */
  Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      broken(e);
    }
  }

  private static Map<String, Object> line(String type, double at, Object... more) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", type);
    line.put("at", at);
    for (int i = 0; i < more.length; i += 2) {
      line.put((String) more[i], more[i + 1]);
    }
    return line;
  }

  private void write(Map<String, Object> line) {
    try {
      out.write(ReportJson.line(line));
      out.write('\n');
    } catch (IOException e) {
      broken(e);
    }
  }

  private void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      broken(e);
    }
  }

  private void broken(IOException e) {
    if (fault == null) {
      fault = "raw results end at %.0f s: %s: %s".formatted(written, file, e.getMessage());
    }
  }
}
