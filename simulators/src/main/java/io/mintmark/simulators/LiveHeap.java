package io.mintmark.simulators;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is alive on the heap of another JVM of this machine. Immutable.
 *
 * @param bytes by whose classes they are instances of
 */
record LiveHeap(Map<Part, Long> bytes) {

  /** Whose classes. An array of a class is its owner's; arrays of bytes and numbers are nobody's. */
  enum Part {
    MINTMARK("Mintmark", "io\\.mintmark\\."),
    TLS(
        "TLS and certificates",
        "sun\\.security\\.|javax?\\.security\\.|javax\\.(net\\.ssl|crypto)\\.|com\\.sun\\.crypto\\."
            + "|com\\.amazon\\.corretto\\.|io\\.netty\\.handler\\.ssl\\."),
    BROKER("HiveMQ and Netty", "com\\.hivemq\\.|io\\.netty\\.|jetbrains\\.exodus\\."),
    OTHER("all else, arrays of bytes above all", "");

    private final String text;
    private final Pattern owners;

    Part(String text, String owners) {
      this.text = text;
      this.owners = Pattern.compile("(\\[+L?)?(" + owners + ").*");
    }

    String text() {
      return text;
    }

    private static Part of(String type) {
      return Stream.of(values())
          .filter(part -> part.owners.matcher(type).matches())
          .findFirst()
          .orElse(OTHER);
    }
  }

  /** Number, instances, bytes, class. */
  private static final Pattern LINE = Pattern.compile(" *\\d+: +\\d+ +(\\d+) +(\\S+).*");

  LiveHeap {
    bytes = Map.copyOf(bytes);
  }

  /**
   * Has a JVM collect all that is dead, and counts the rest.
   *
   * @throws IOException if this is no JDK's Java, or that no such process
   */
  static LiveHeap of(ProcessHandle jvm) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, Long.toString(jvm.pid()), "GC.class_histogram")
        .redirectErrorStream(true)
        .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("the heap of process " + jvm.pid() + " cannot be looked at: "
          + said.lines().findFirst().orElse("jcmd failed"));
    }
    return of(said);
  }

  /** Of what {@code jcmd} prints. */
  static LiveHeap of(String histogram) {
    Map<Part, Long> bytes = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      bytes.put(part, 0L);
    }
    histogram.lines().map(LINE::matcher).filter(Matcher::matches).forEach(m -> {
      bytes.merge(Part.of(m.group(2)), Long.parseLong(m.group(1)), Long::sum);
    });
    return new LiveHeap(bytes);
  }

  long of(Part part) {
    return bytes.get(part);
  }

  long total() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
