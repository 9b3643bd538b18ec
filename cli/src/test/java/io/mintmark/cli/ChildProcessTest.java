package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

  private static final String PROPERTY = "mintmark.quick";
  private static final String QUICK = "-XX:TieredStopAtLevel=1";
  private static final String MARK = "-D" + PROPERTY + "=" + QUICK;

  @AfterEach
  void forget() {
    System.clearProperty(PROPERTY);
  }

  @Test
  void whatTheLauncherMeansForASimulatorIsNotItsServicesToo() {
    assertThat(ChildProcess.inherited(List.of(MARK, QUICK, "-Xmx1g"), List.of(QUICK)))
        .containsExactly("-Xmx1g");
    // Whoever wants it for all says so himself.
    assertThat(ChildProcess.inherited(List.of(MARK, QUICK, "-Xmx1g", QUICK), List.of(QUICK)))
        .containsExactly("-Xmx1g", QUICK);
    assertThat(ChildProcess.inherited(List.of("-Xmx1g", QUICK), List.of()))
        .containsExactly("-Xmx1g", QUICK);
  }

  @Test
  void aBrokersProcessGetsWhatTheLauncherGivesABroker() {
    System.setProperty(PROPERTY, "-XX:One=1 -XX:Two=2");
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
