package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each row of docs/est.md, section Bad input, sent over real TLS: the status and the reason as printed
 * there, the same line in the log and no other, and not one row of the registry changed.
 */
class BadInputIT {

  private static final Path DOCUMENT = Path.of("..", "docs", "est.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| (.+?) \\| (\\d{3}) \\| `(.+)` \\|$", Pattern.MULTILINE);

  private static final LogLines LOG = new LogLines();

  private static BadInputStage stage;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    stage = new BadInputStage(data);
    LOG.attach();
  }

  @AfterAll
  static void stop() {
    LOG.detach();
    stage.close();
  }

  private static Map<String, Sending> sendings() throws IOException {
    Map<String, Sending> sendings = new LinkedHashMap<>();
    BadHttp.add(sendings, stage);
    BadRequests.add(sendings, stage);
    BadKeys.add(sendings, stage);
    BadCertificates.add(sendings, stage);
    BadDevices.add(sendings, stage);
    return sendings;
  }

  @TestFactory
  Stream<DynamicTest> answersAsTheDocumentSays() throws IOException {
    Map<String, Sending> sendings = sendings();
    List<DynamicTest> tests = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    Matcher row = ROW.matcher(DocumentSection.of(DOCUMENT, "Bad input"));
    while (row.find()) {
      String what = row.group(1);
      int status = Integer.parseInt(row.group(2));
      String reason = row.group(3);
      printed.add(what);
      tests.add(dynamicTest(what, () -> check(what, status, reason, sendings.get(what))));
    }
    assertThat(printed).containsExactlyInAnyOrderElementsOf(sendings.keySet());
    return tests.stream();
  }

  private static void check(String what, int status, String reason, Sending sending)
      throws Exception {
    List<String> before = stage.running.registry();
    LOG.clear();
    RawHttps.Answer answer = sending.send();
    assertThat(answer.status()).as(answer.body()).isEqualTo(status).isBetween(400, 499);
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).endsWith("\n").hasLineCount(1);
    assertThat(answer.body().stripTrailing()).matches(asPattern(reason));
    List<String> after = stage.running.registry();
    if (what.equals(BadDevices.RACE)) {
      assertThat(changes(before, after)).isEqualTo(BadDevices.WHAT_THE_WINNER_CHANGES);
    } else {
      assertThat(after).isEqualTo(before);
    }
    await().untilAsserted(() -> assertThat(LOG.lines()).hasSize(1));
    assertThat(LOG.lines().get(0))
        .startsWith("INFO ")
        .contains("refused with " + status + ": " + answer.body().stripTrailing(), "from 127.0.0.1")
        .matches("[ -~]+");
  }

  /** Three dots stand for what differs each time. */
  private static String asPattern(String reason) {
    return Stream.of(reason.split("\\.\\.\\.", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }

  /** How many rows of each table are new or different. */
  private static Map<String, Long> changes(List<String> before, List<String> after) {
    return after.stream()
        .filter(row -> !before.contains(row) && !row.startsWith("sqlite_"))
        .collect(Collectors.groupingBy(
            row -> row.substring(0, row.indexOf('|')), Collectors.counting()));
  }
}
