package io.mintmark.cli;

import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.audit.AuditSink;
import io.mintmark.provisioning.audit.Checkpoint;
import io.mintmark.provisioning.audit.CheckpointFile;
import io.mintmark.provisioning.audit.ExportFile;
import io.mintmark.provisioning.audit.ExportWriter;
import io.mintmark.provisioning.audit.Finding;
import io.mintmark.provisioning.sql.RegistryAudit;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "audit",
    description = "The audit log: see that nobody changed it, take it elsewhere.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditCommand.Verify.class, AuditCommand.Export.class})
final class AuditCommand {

  /** What both verbs read: the data folder's registry, or a service that was named. */
  private abstract static class Reading extends OperatorVerb {
    void read(long after, AuditSink sink) throws Exception {
      if (isRemote()) {
        OperatorAudit.read(client(), after, sink);
      } else {
        RegistryAudit.read(dataFolder().resolve("registry.db"), after, sink);
      }
    }
  }

  @Command(
      name = "verify",
      description = "Find rows that were changed, removed, inserted, moved or cut off, in the data"
          + " folder (the service may be running), of the service named with --operator-url, or in"
          + " an export.",
      mixinStandardHelpOptions = true)
  static final class Verify extends Reading {
    private static final int MOST_SHOWN = 100;

    @Option(names = "--file", paramLabel = "FILE", description = "An export to verify.")
    private Path file;

    @Option(
        names = "--checkpoints",
        paramLabel = "FILE",
        description = "Checkpoints kept elsewhere, to hold the log against (default: those in the"
            + " data folder, if its log is verified).")
    private Path checkpoints;

    @Override
    public Integer call() throws Exception {
      boolean local = file == null && !isRemote();
      AuditCheck check =
          new AuditCheck(trustAnchors(), checkpoints(local), local && checkpoints == null);
      if (file == null) {
        read(0, check);
      } else {
        ExportFile.read(file, check);
      }
      AuditCheck.Result result = check.end();
      List<Finding> findings = result.findings();
      findings.stream().limit(MOST_SHOWN).forEach(f -> out().println(f.text()));
      if (findings.size() > MOST_SHOWN) {
        out().println("and " + (findings.size() - MOST_SHOWN) + " more");
      }
      if (!findings.isEmpty()) {
        throw new CommandFailure(
            CommandFailure.FAILED,
            "the audit log is not as it was written (" + findings.size() + " found)");
      }
      out().println(describe(result));
      return 0;
    }

    private List<Checkpoint> checkpoints(boolean local) throws IOException, CommandFailure {
      if (checkpoints != null && !Files.exists(checkpoints)) {
        throw new CommandFailure(CommandFailure.UNUSABLE, "there is no file " + checkpoints);
      }
      if (checkpoints == null && !local) {
        return List.of();
      }
      Path kept = checkpoints == null ? dataFolder().resolve(CheckpointFile.NAME) : checkpoints;
      return new CheckpointFile(kept).read();
    }

    private static String describe(AuditCheck.Result result) {
      if (result.rows() == 0) {
        return "no rows after row " + result.last();
      }
      Checkpoint covering = result.covering();
      return "rows " + result.first() + " to " + result.last() + " are as they were written; "
          + (covering == null
              ? "none is signed yet"
              : result.checkpoints() + " checkpoints, the last of row " + covering.sequence()
                  + " at " + covering.at());
    }
  }

  @Command(
      name = "export",
      description = "Write the log as JSON lines, with what is needed to verify it elsewhere.",
      mixinStandardHelpOptions = true)
  static final class Export extends Reading {
    @Option(
        names = "--after",
        paramLabel = "N",
        defaultValue = "0",
        description = "Only rows after this sequence.")
    private long after;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to (default: standard output).")
    private Path file;

    @Override
    public Integer call() throws Exception {
      if (after < 0) {
        throw new CommandFailure(
            CommandFailure.UNUSABLE, "--after is " + after + ": use 0 or a row's sequence");
      }
      if (file == null) {
        read(after, new ExportWriter(out()));
        out().flush();
        return 0;
      }
      try (Writer writer = Files.newBufferedWriter(file)) {
        ExportWriter export = new ExportWriter(writer);
        read(after, export);
        err().println(export.rows() + " rows written to " + file);
      }
      return 0;
    }
  }
}
