package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {

  private final StringWriter shown = new StringWriter();

  private TerminalProgress on(boolean terminal, int rows) {
    return new TerminalProgress(new PrintWriter(shown), terminal, rows);
  }

  @Test
  void aBlockTakesThePlaceOfTheOneBefore() {
    TerminalProgress progress = on(true, 0);
    progress.block(List.of("one", "two"));
    assertThat(shown.toString()).isEqualTo("\r\u001b[J\u001b[?7lone\ntwo\n\u001b[?7h");
    progress.block(List.of("three"));
    assertThat(shown.toString()).contains("\r\u001b[2A\u001b[J\r\u001b[J\u001b[?7lthree\n");
    progress.step("done");
    assertThat(shown.toString()).endsWith("\r\u001b[1A\u001b[J\r\u001b[Kdone\n");
  }

  /** What has scrolled out could not be taken away. */
  @Test
  void aBlockIsNoHigherThanTheTerminal() {
    TerminalProgress progress = on(true, 3);
    progress.block(List.of("one", "two", "three", "four"));
    assertThat(shown.toString()).contains("two").doesNotContain("three");
    progress.done();
    assertThat(shown.toString()).endsWith("\r\u001b[2A\u001b[J");
  }

  @Test
  void elsewhereThereAreLinesAlone() {
    TerminalProgress progress = on(false, 0);
    progress.update("1 of 2");
    progress.block(List.of("one"));
    progress.step("done");
    progress.done();
    assertThat(shown.toString()).isEqualTo("done\n");
  }
}
