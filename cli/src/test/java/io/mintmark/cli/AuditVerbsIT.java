package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs around the audit log. */
@Timeout(120)
class AuditVerbsIT {

  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  @TempDir
  Path folder;

  private Path data;
  private ProvisioningService service;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("mintmark-data");
    service = ProvisioningService.start(new ProvisioningConfig(
        data, null, null, "127.0.0.1", 0, 0, 0, null, null, Clock.systemUTC()));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private Launcher.Result audit(int exitCode, String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    Launcher.Result result = Verbs.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    return result;
  }

  @Test
  void whereTheServiceRuns() throws Exception {
    String url = service.operatorUri().toString();
    assertThat(audit(0, "verify").out()).startsWith("rows 1 to ").contains("1 checkpoints");
    assertThat(audit(0, "verify", "--operator-url", url).out())
        .isEqualTo(audit(0, "verify").out());
    String export = audit(0, "export").out();
    assertThat(export.lines().findFirst()).get().asString().contains("\"export\"");
    assertThat(export).contains("\"action\":\"installation.created\"", "\"checkpoint\"");
    assertThat(audit(0, "export", "--operator-url", url).out()).isEqualTo(export);
    assertThat(audit(0, "export", "--after", "1", "--operator-url", url).out())
        .isEqualTo(audit(0, "export", "--after", "1").out())
        .doesNotContain("installation.created");
    assertThat(audit(2, "export", "--after", "999").err()).contains("has no row 999");
    assertThat(audit(2, "export", "--after", "-1").err()).contains("use 0 or a row's sequence");
  }

  @Test
  void elsewhere() throws Exception {
    Path export = folder.resolve("export.jsonl");
    assertThat(audit(0, "export", "--out", export.toString()).err()).contains("rows written to");
    Path trust = data.resolve("trust.pem");
    String[] verify = {"audit", "verify", "--file", export.toString(), "--trust", trust.toString()};
    Launcher.Result whole = Verbs.mintmark(verify);
    assertThat(whole.exitCode()).as(whole.all()).isZero();
    assertThat(whole.out()).startsWith("rows 1 to ");

    Files.writeString(
        export, Files.readString(export).replace("installation.created", "installation.made"));
    Launcher.Result changed = Verbs.mintmark(verify);
    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.out()).contains("row 1 was changed");
    assertThat(changed.err()).contains("is not as it was written (1 found)");

    Files.writeString(export, "rubbish\n");
    assertThat(Verbs.mintmark(verify).err()).contains("line 1 is not a line of an export");
  }

  @Test
  void namesWhatWasDoneWithSql() throws Exception {
    Path kept = Files.copy(data.resolve("audit-checkpoints.jsonl"), folder.resolve("kept.jsonl"));
    service.close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("drop trigger audit_refuses_delete");
      statement.execute("drop trigger audit_checkpoints_refuses_delete");
      statement.execute("delete from audit where sequence > 1");
      statement.execute("delete from audit_checkpoints");
    }
    assertThat(audit(1, "verify").out()).contains("cut off: a checkpoint of");
    Files.delete(data.resolve("audit-checkpoints.jsonl"));
    assertThat(audit(0, "verify").out()).contains("none is signed yet");
    assertThat(audit(1, "verify", "--checkpoints", kept.toString()).out())
        .contains("cut off: a checkpoint of");
    assertThat(audit(2, "verify", "--checkpoints", folder + "/no").err()).contains("no file");
    data = Files.createDirectory(folder.resolve("empty"));
    assertThat(audit(2, "verify").err()).contains("trust.pem");
  }

  @Test
  void theCommandsOfTheDocument() throws Exception {
    ForeignPrograms.require("jq", "openssl");
    Path launcher = Files.writeString(
        folder.resolve("mintmark"),
        "#!/bin/sh\nexec '" + Launcher.ROOT.resolve("mintmark") + "' \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    StringBuilder commands = new StringBuilder("cd '" + folder + "'\n");
    for (String section : List.of("Checkpoints", "Verify", "Export")) {
      Matcher block =
          SHELL.matcher(DocumentSection.of(Launcher.ROOT.resolve("docs/trust.md"), section));
      assertThat(block.find()).as(section).isTrue();
      do {
        commands.append(block.group(1));
      } while (block.find());
    }
    String address = service.operatorUri().toString();
    Launcher.Result result = Launcher.run(
        Launcher.QUICK_START,
        List.of(
            "bash",
            "-eo",
            "pipefail",
            "-c",
            commands.toString().replace("https://localhost:9443", address)));
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out().split("rows 1 to .* are as they were written", -1)).hasSize(5);
    assertThat(result.out()).contains("\"sequence\":2", "Verified OK", "Mintmark issuing CA");
  }
}
