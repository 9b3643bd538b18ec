package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

  private static final String OPTIONS = "mintmark.broker.jvm";

  @AfterEach
  void forget() {
    System.clearProperty(OPTIONS);
  }

  @Test
  void aBrokersProcessGetsWhatTheLauncherGivesABroker() {
    System.setProperty(OPTIONS, "-XX:One=1 -XX:Two=2");
    assertThat(ChildProcess.broker(List.of("-Da=b"), Mintmark.class, "broker"))
        .containsSubsequence("-XX:One=1", "-XX:Two=2", "-Da=b", "-cp")
        .endsWith(Mintmark.class.getName(), "broker");
    assertThat(ChildProcess.java(List.of("-Da=b"), Mintmark.class, "up"))
        .doesNotContain("-XX:One=1");
  }

  @Test
  void withoutALauncherItGetsWhatThisProcessHas() {
    assertThat(ChildProcess.broker(List.of(), Mintmark.class, "broker"))
        .isEqualTo(ChildProcess.java(List.of(), Mintmark.class, "broker"));
  }
}
