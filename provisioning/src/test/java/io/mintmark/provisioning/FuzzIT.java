package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Feeds what reads strangers' bytes with bytes of Jazzer's making, led by the coverage they reach,
 * for {@code fuzz.seconds} (a system property; 10 if it is not set). Each target has a process of
 * its own, all run at once; what one tried and found is in {@code target/fuzz/<target>}.
 */
class FuzzIT {

  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 10);

  /** A child that does not even end its own hang after this. */
  private static final int PATIENCE_SECONDS = 120;

  private static final String COVERED = String.join(
      ":",
      "io.mintmark.**",
      "org.bouncycastle.asn1.**",
      "org.bouncycastle.pkcs.**",
      "de.siegmar.fastcsv.**",
      "org.yaml.snakeyaml.**");

  /** Jazzer's detectors of what our readers do not do; each makes the start longer. */
  private static final String UNUSED = Stream.of(
          "BigDecimal",
          "ClojureLangHooks",
          "Deserialization",
          "ExpressionLanguageInjection",
          "FilePathTraversal",
          "LdapInjection",
          "NamingContextLookup",
          "OsCommandInjection",
          "ReflectiveCall",
          "RegexInjection",
          "RegexRoadblocks",
          "ScriptEngineInjection",
          "ServerSideRequestForgery",
          "SqlInjection",
          "TemplateInjection",
          "UnsafeSanitizer",
          "XPathInjection",
          "XmlParserSsrfGuidance")
      .map(detector -> "com.code_intelligence.jazzer.sanitizers." + detector)
      .collect(Collectors.joining(":"));

  /** {@code #4711 DONE cov: 815 ft: 1234 ...}: inputs tried, places and turns of the code reached. */
  private static final Pattern STATUS =
      Pattern.compile("#(\\d+)\\s+(INITED|DONE)\\s+cov: \\d+ ft: (\\d+)");

  private static final Map<String, Process> RUNNING = new LinkedHashMap<>();

  @BeforeAll
  static void startAll() throws Exception {
    requireNativeLibrary();
    start("SigningRequestFuzz", FuzzSeeds.signingRequests());
    start("RequestedNamesFuzz", FuzzSeeds.requestedNames());
    start("ManifestFuzz", FuzzSeeds.manifests());
    start("FleetYamlFuzz", FuzzSeeds.fleets());
  }

  @AfterAll
  static void stopAll() {
    RUNNING.values().forEach(Process::destroyForcibly);
  }

  private static void requireNativeLibrary() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
    String platform = (os.startsWith("mac") ? "macos" : os.replaceAll(" .*", "")) + "_" + arch;
    boolean there =
        FuzzIT.class.getResource("/com/code_intelligence/jazzer/driver/jazzer_driver_" + platform)
            != null;
    if (System.getenv("CI") == null) {
      Assumptions.assumeTrue(there, "NOT FUZZED: Jazzer has no native library for " + platform);
    }
    assertThat(there).as("Jazzer's native library for " + platform).isTrue();
  }

  private static void start(String target, List<byte[]> seeds) throws IOException {
    Path folder = FOLDER.resolve(target);
    deleteAll(folder);
    Path given = Files.createDirectories(folder.resolve("seeds"));
    Path found = Files.createDirectories(folder.resolve("corpus"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(given.resolve(Integer.toString(i)), seeds.get(i));
    }
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        // So little that a reader that wants much fails.
        "-Xmx256m",
        "-XX:+EnableDynamicAgentLoading",
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=io.mintmark.provisioning." + target,
        "--target_args=" + given,
        "--instrumentation_includes=" + COVERED,
        "--disabled_hooks=" + UNUSED,
        "--custom_hook_includes=io.mintmark.**",
        "--reproducer_path=" + folder,
        "-artifact_prefix=" + folder + "/",
        "-max_total_time=" + SECONDS,
        "-max_len=16384",
        // Of the clock, for what would never end; FuzzBudget has the bound that counts.
        "-timeout=20",
        "-rss_limit_mb=1024",
        found.toString(),
        given.toString());
    RUNNING.put(
        target,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile())
            .start());
  }

  /** What an earlier run found would pass for seeds. */
  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SigningRequestFuzz", "RequestedNamesFuzz", "ManifestFuzz", "FleetYamlFuzz"})
  void answersWhateverComes(String target) throws Exception {
    Process process = RUNNING.get(target);
    boolean ended = process.waitFor(SECONDS + PATIENCE_SECONDS, TimeUnit.SECONDS);
    String output = Files.readString(FOLDER.resolve(target).resolve("output.txt"));
    if (!ended || process.exitValue() != 0) {
      fail(
          "%s, see %s:%n%s",
          target,
          FOLDER.resolve(target),
          output.lines().filter(l -> !l.startsWith("INFO: ")).toList());
    }
    Matcher status = STATUS.matcher(output);
    assertThat(status.find()).as(output).isTrue();
    int seeds = Integer.parseInt(status.group(1));
    int reachedBySeeds = Integer.parseInt(status.group(3));
    assertThat(status.find()).as(output).isTrue();
    assertThat(status.group(2)).isEqualTo("DONE");
    // It made inputs of its own, and they led further: else it did not fuzz, or saw no coverage.
    assertThat(Integer.parseInt(status.group(1))).as("inputs tried").isGreaterThan(2 * seeds);
    assertThat(Integer.parseInt(status.group(3))).as("reached").isGreaterThan(reachedBySeeds);
  }
}
