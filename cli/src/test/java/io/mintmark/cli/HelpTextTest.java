package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Picocli takes a description for a format: a bare '%' makes it complain to whoever asks for help. */
class HelpTextTest {

  @Test
  void everyDescriptionIsAFormat() {
    List<String> all = new ArrayList<>();
    collect(Mintmark.commandLine(), all);
    assertThat(all)
        .hasSizeGreaterThan(200)
        .allSatisfy(
            text -> assertThat(text.replace("%%", "").replace("%n", "")).doesNotContain("%"));
  }

  private static void collect(CommandLine command, List<String> into) {
    CommandSpec spec = command.getCommandSpec();
    Stream.concat(
            Stream.of(spec.usageMessage().description(), spec.usageMessage().footer()),
            spec.args().stream().map(CommandLine.Model.ArgSpec::description))
        .flatMap(Arrays::stream)
        .forEach(into::add);
    command.getSubcommands().values().forEach(sub -> collect(sub, into));
  }
}
