package io.mintmark.simulators.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.simulators.ReportJson;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.results.Sink.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads raw results, and sums them up again; a last line that is torn is left out. */
public final class RawReader {

  private final Path file;
  private final Tally tally = new Tally();
  private int number;
  private boolean begun;
  private boolean ended;

  private RawReader(Path file) {
    this.file = file;
  }

  /**
   * What a run came to by its raw results, also one whose process was killed; held to nothing.
   *
   * @throws IOException with one line, if they cannot be read or are none
   */
  public static Results read(Path file) throws IOException {
    return new RawReader(file).read();
  }

  private Results read() throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        try {
          take(ReportJson.read(line, JsonNode.class));
        } catch (JsonProcessingException | RuntimeException e) {
          if (number == 1 || lines.readLine() != null) {
            throw new IOException(
                "%s, line %d: no line of raw results: give what --raw wrote"
                    .formatted(file, number),
                e);
          }
        }
      }
    }
    if (!begun) {
      throw new IOException(file + " is empty: no run is in it");
    }
    return tally.results(
        ended ? List.of() : List.of("raw results without an end: the run was killed"));
  }

  private void take(JsonNode line) throws JsonProcessingException {
    double at = line.path("at").asDouble();
    Span interval = new Span(line.path("from").asDouble(), at);
    switch (text(line, "type")) {
      case "run" -> {
        Run run = ReportJson.read(line.get("run").toString(), Run.class);
        tally.begin(run, Instant.parse(text(line, "started")));
        begun = true;
      }
      case "operation" ->
        tally.operation(
            interval,
            text(line, "operation"),
            new Span(line.get("firstDue").asDouble(), line.get("lastEnd").asDouble()),
            Encoded.read(text(line, "histogramMicros")));
      case "failure" ->
        tally.failures(
            interval,
            text(line, "operation"),
            text(line, "reason"),
            line.get("count").asLong());
      case "counters" -> {
        Map<String, Long> counters = new TreeMap<>();
        line.get("counters")
            .properties()
            .forEach(e -> counters.put(e.getKey(), e.getValue().asLong()));
        tally.counters(at, counters);
      }
      case "mark" -> tally.mark(new Mark(at, text(line, "text")));
      case "row" -> {
        Map<String, String> cells = new LinkedHashMap<>();
        line.get("cells")
            .properties()
            .forEach(e -> cells.put(e.getKey(), e.getValue().asText()));
        tally.row(text(line, "table"), cells);
      }
      case "second" -> tally.sample(sample(interval, line));
      case "end" -> {
        tally.end(at, line.get("stopped").asBoolean());
        ended = true;
      }
      default -> throw new IllegalArgumentException("unknown type");
    }
  }

  private static Sample sample(Span interval, JsonNode line) {
    Map<DeviceState, Integer> states = new EnumMap<>(DeviceState.class);
    line.get("states")
        .properties()
        .forEach(e -> states.put(DeviceState.valueOf(e.getKey()), e.getValue().asInt()));
    JsonNode target = line.get("targetCpuSeconds");
    return new Sample(
        interval,
        states,
        line.get("generatorCpuSeconds").asDouble(),
        target == null ? null : target.asDouble());
  }

  private static String text(JsonNode line, String name) {
    return line.required(name).asText();
  }
}
