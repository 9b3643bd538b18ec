package io.mintmark.cli;

import io.mintmark.provisioning.backup.Backup;
import io.mintmark.provisioning.backup.BackupManifest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "backup",
    description = "Put the registry, the CA keys and the settings into one file, whether or not the"
        + " service runs. Run it on the service's machine.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {

  private static final String PASSPHRASE = "passphrase";

  @Spec
  private CommandSpec spec;

  @Mixin
  private DataFolder data;

  @Parameters(
      paramLabel = "FILE|FOLDER",
      description =
          "A file that is not there yet, or a folder, where it gets a name with the time.")
  private Path target;

  @Option(names = "--keys-only", description = "The CA keys alone.")
  private boolean keysOnly;

  @Option(
      names = "--with-passphrase",
      description = "What opens the CA keys, too: whoever has the backup then has the keys.")
  private boolean withPassphrase;

  @Override
  public Integer call() throws Exception {
    Backup backup = new Backup(data.path(), Clock.systemUTC());
    Backup.Made made =
        keysOnly ? backup.keys(target, withPassphrase) : backup.everything(target, withPassphrase);
    PrintWriter out = spec.commandLine().getOut();
    BackupManifest manifest = made.manifest();
    out.println(
        "backup of " + (keysOnly ? "the CA keys" : manifest.trustDomain()) + ": " + made.file());
    keys(out, manifest);
    out.println(
        manifest.has(PASSPHRASE)
            ? "  passphrase  in it: keep it like the keys themselves"
            : "  passphrase  not in it: keep it somewhere else");
    return 0;
  }

  /** What is in a backup, for who makes one or puts one back. */
  static void keys(PrintWriter out, BackupManifest manifest) {
    List<String> keys = manifest.keys();
    out.println("  CA keys     " + (keys.isEmpty() ? "none" : String.join(", ", keys)));
    if (!manifest.keysElsewhere().isEmpty()) {
      out.println("  not in it   " + String.join(", ", manifest.keysElsewhere()));
    }
  }
}
