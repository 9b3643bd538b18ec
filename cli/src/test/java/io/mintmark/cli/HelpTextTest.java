package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Picocli takes a description for a format: of a bare '%' it complains to whoever asks for help. */
class HelpTextTest {

  @Test
  void everyDescriptionIsAFormat() {
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
    String all;
    try {
      all = help(Mintmark.commandLine());
    } finally {
      System.setErr(before);
    }
    assertThat(complaints.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(all).contains("at least 97 % of the", "0.3, 30% (default");
  }

  private static String help(CommandLine command) {
    StringBuilder all = new StringBuilder(command.getUsageMessage());
    command.getSubcommands().values().forEach(sub -> all.append(help(sub)));
    return all.toString();
  }
}
