package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

  private static final String QUICK = "-XX:TieredStopAtLevel=1";
  private static final String MARK = "-Dmintmark.own=" + QUICK;

  @Test
  void whatTheLauncherMeansForASimulatorIsNotItsBrokersToo() {
    assertThat(ChildProcess.inherited(List.of(QUICK, MARK, "-Xmx1g"), QUICK))
        .containsExactly("-Xmx1g");
    // Whoever wants it for all says so himself.
    assertThat(ChildProcess.inherited(List.of(QUICK, MARK, "-Xmx1g", QUICK), QUICK))
        .containsExactly("-Xmx1g", QUICK);
    assertThat(ChildProcess.inherited(List.of("-Xmx1g", QUICK), null))
        .containsExactly("-Xmx1g", QUICK);
  }
}
