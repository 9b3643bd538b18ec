package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherIT {

  private static final List<String> LAUNCHER = Launcher.mintmarkCommand("--version");

  @TempDir
  Path folder;

  @Test
  void saysItsVersion() {
    Launcher.Result result = Launcher.mintmark("--version");
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out()).startsWith("mintmark 0.");
  }

  @Test
  void helpNamesEveryVerb() {
    Launcher.Result result = Launcher.mintmark("--help");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains(
            "demo",
            "up",
            "provisioning",
            "broker",
            "fleet",
            "manifest",
            "device",
            "app",
            "factory");
  }

  @Test
  void anUnknownVerbIsUsageAndSuggestsTheKnown() {
    Launcher.Result result = Launcher.mintmark("flet", "list");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("flet").contains("fleet");
  }

  @Test
  void aBrokerIsCompiledOnceUnlessTheOperatorChooses() {
    assertThat(flags("", "broker")).contains("-XX:TieredStopAtLevel=1");
    assertThat(flags("", "up")).doesNotContain("TieredStopAtLevel").contains("-XX:MaxHeapSize=");
    assertThat(flags("-XX:TieredStopAtLevel=4", "broker")).contains("-XX:TieredStopAtLevel=4");
  }

  /** What the JVM that runs the verb says of its own options. */
  private static String flags(String chosen, String verb) {
    return Launcher.run(
            Map.of("MINTMARK_JAVA_OPTS", chosen, "JDK_JAVA_OPTIONS", "-XX:+PrintCommandLineFlags"),
            Launcher.mintmarkCommand(verb, "--help"))
        .succeeded()
        .out();
  }

  @Test
  void withoutJavaItSaysSoInOneSentence() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String tool : new String[] {"sh", "dirname", "readlink", "sed", "head", "uname"}) {
      Files.createSymbolicLink(bin.resolve(tool), which(tool));
    }
    Launcher.Result result =
        Launcher.run(Map.of("JAVA_HOME", "", "PATH", bin.toString()), LAUNCHER);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("Java is not installed").contains("17");
  }

  @Test
  void anOldJavaIsNamedInOneSentence() throws IOException {
    fakeJava("openjdk version \"11.0.22\" 2024-01-16");
    Launcher.Result result = Launcher.run(Map.of("JAVA_HOME", folder.toString()), LAUNCHER);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("Java 11 is too old").contains("17");
    fakeJava("java version \"1.8.0_392\"");
    assertThat(Launcher.run(Map.of("JAVA_HOME", folder.toString()), LAUNCHER).err())
        .contains("Java 8 is too old");
  }

  @Test
  void aWrongJavaHomeIsNamedInOneSentence() {
    Launcher.Result result = Launcher.run(Map.of("JAVA_HOME", "/nowhere"), LAUNCHER);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("/nowhere");
  }

  private void fakeJava(String versionLine) throws IOException {
    Path java = folder.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\necho '" + versionLine + "' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path which(String tool) {
    for (String folder : Launcher.path()) {
      Path file = Path.of(folder, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException(tool + " is not on the PATH");
  }
}
