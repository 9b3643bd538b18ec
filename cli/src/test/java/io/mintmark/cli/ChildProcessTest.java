package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void aChildEndsByItselfWhenTheProcessThatStartedItIsKilled(@TempDir Path folder)
      throws Exception {
    Path ended = folder.resolve("ended");
    Process parent = new ProcessBuilder(
            ChildProcess.java(List.of(), Parent.class, folder + "/log", ended.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    long child = Long.parseLong(parent.inputReader(StandardCharsets.UTF_8).readLine());
    try {
      assertThat(ended).doesNotExist();
      parent.destroyForcibly();
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(ended));
    } finally {
      ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** Starts a child, says its number and waits. */
  static final class Parent {
    public static void main(String[] arguments) throws Exception {
      ChildProcess child = ChildProcess.start(
          ChildProcess.java(List.of(), Child.class, arguments[1]), Map.of(), Path.of(arguments[0]));
      child.awaitLine("up", "a child");
      System.out.println(child.handle().pid());
      Shutdown.await();
    }
  }

  /** Waits as a service does, and leaves a file at its end. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      System.out.println("up");
      Shutdown.await();
      Files.createFile(Path.of(arguments[0]));
    }
  }

  @Test
  void withoutALauncherItGetsWhatThisProcessHas() {
    assertThat(ChildProcess.broker(List.of(), Mintmark.class, "broker"))
        .isEqualTo(ChildProcess.java(List.of(), Mintmark.class, "broker"));
  }
}
