package io.mintmark.cli;

import io.mintmark.provisioning.backup.BackupManifest;
import io.mintmark.provisioning.backup.Restore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    description = "Make a data folder of a backup. Nothing is issued from it before 'mintmark"
        + " recover' was run.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private DataFolder data;

  @Parameters(paramLabel = "FILE", description = "What 'mintmark backup' made.")
  private Path file;

  @Option(
      names = "--keys-only",
      description = "Put the CA keys that are missing into a data folder that is there.")
  private boolean keysOnly;

  @Override
  public Integer call() throws Exception {
    Restore restore = new Restore(file);
    PrintWriter out = spec.commandLine().getOut();
    if (keysOnly) {
      List<String> put = restore.keys(data.path());
      out.println("CA keys put into " + data.path() + ": "
          + (put.isEmpty() ? "none, all are there" : String.join(", ", put)));
      return 0;
    }
    BackupManifest manifest = restore.everything(data.path());
    out.println(
        manifest.trustDomain() + " as it was at " + manifest.madeAt() + " is in " + data.path());
    BackupCommand.keys(out, manifest);
    if (!manifest.has("passphrase")) {
      out.println("  passphrase  not in it: put it at " + data.path().resolve("passphrase")
          + ", or give it to the start");
    }
    out.println("Next: start the service ('mintmark up' or 'mintmark provisioning'), wait for the"
        + " brokers, then 'mintmark recover'. Operators get a new token, in operator.token.");
    return 0;
  }
}
