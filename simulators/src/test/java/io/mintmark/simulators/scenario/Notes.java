package io.mintmark.simulators.scenario;

import io.mintmark.simulators.results.Recorder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes down a run for a test to look at. */
final class Notes implements Recorder {

  final Map<String, Long> done = new ConcurrentHashMap<>();
  final Map<String, Long> longestNanos = new ConcurrentHashMap<>();
  final Map<String, Long> failed = new ConcurrentHashMap<>();
  final Map<String, Long> counted = new ConcurrentHashMap<>();
  final List<String> marks = new CopyOnWriteArrayList<>();

  @Override
  public void done(String operation, long dueNanos, long endNanos) {
    done.merge(operation, 1L, Long::sum);
    longestNanos.merge(operation, endNanos - dueNanos, Math::max);
  }

  @Override
  public void failed(String operation, String reason) {
    failed.merge(operation + ": " + reason, 1L, Long::sum);
  }

  @Override
  public void count(String counter, long more) {
    counted.merge(counter, more, Long::sum);
  }

  @Override
  public void level(String counter, long now) {
    counted.put(counter, now);
  }

  @Override
  public void mark(String text) {
    marks.add(text);
  }
}
