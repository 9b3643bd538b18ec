package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mintmark device run} needs to know, and says when it does not. */
class DeviceRunCommandTest {

  @TempDir
  Path folder;

  private Launcher.Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("device", "run", "--data"));
    all.add(folder.resolve("no-data").toString());
    all.addAll(List.of(arguments));
    return Verbs.mintmark(all.toArray(new String[0]));
  }

  private Launcher.Result with(String[] first, String... more) {
    return run(Stream.of(first, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private static void unusable(Launcher.Result result, String... words) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(2);
    assertThat(result.err()).contains(words);
  }

  private void bootstrap() throws Exception {
    HeldCertificate held = HeldCertificate.builder().commonName("d-1").build();
    Files.writeString(folder.resolve("cert.pem"), held.certificatePem());
    Files.writeString(folder.resolve("key.pem"), held.credential().toPem());
  }

  @Test
  void explainsItself() {
    Launcher.Result help = run("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out().replaceAll("\\s+", ""))
        .contains(
            "telemetry/${fleet}/${device}/lines", "commands/${fleet}/${device}/#", "(default:30s)");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    String home = folder.toString();
    unusable(run(), "FOLDER");
    unusable(run(home), "--fleet");
    unusable(run(home, "--fleet", "sensors"), "endpoints.json", "mintmark up", "--service");
    String[] service = {home, "--fleet", "sensors", "--service", "https://localhost:1"};
    unusable(run(service), "cert.pem and key.pem", "--bootstrap");
    bootstrap();
    unusable(run(service), "trust");
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    bootstrap();
    String home = folder.toString();
    String trust = folder.resolve("cert.pem").toString();
    unusable(run(home, "--qos", "2"), "--qos 2");
    unusable(run(home, "--fleet", "No"), "No");
    unusable(run(home, "--fleet", "f", "--service", "http://x"), "http://x");
    unusable(
        run(home, "--fleet", "f", "--service", "https://x", "--broker", "a/b"), "'a/b'", "HOST");
    unusable(
        run(home, "--fleet", "f", "--service", "https://x", "--trust", home + "/none"),
        "no file",
        "none");
    String[] service = {home, "--fleet", "f", "--service", "https://x", "--trust", trust};
    unusable(with(service, "--bootstrap", home + "/none.pem"), "no file", "none.pem");
    unusable(with(service, "--bootstrap", home + "/none.p12"), "none.p12", "--passphrase-file");
    unusable(
        with(service, "--bootstrap", home + "/none.p12", "--passphrase-file", home + "/none"),
        "no file",
        "none");
    unusable(with(service, "--trust-fingerprint", "abc"), "'abc'", "64 hex digits");
    Launcher.Result nobody =
        run(home, "--fleet", "f", "--service", "https://localhost:1", "--trust", trust);
    assertThat(nobody.exitCode()).as(nobody.all()).isEqualTo(1);
    assertThat(nobody.err()).startsWith("mintmark: ").hasLineCount(1).contains("localhost:1");
  }
}
