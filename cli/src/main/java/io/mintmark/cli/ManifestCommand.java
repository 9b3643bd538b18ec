package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "manifest",
    description = "Tell which devices a factory shipped.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ManifestCommand.Import.class)
final class ManifestCommand {

  @Command(
      name = "import",
      description = "Import a manifest (CSV: device,pin,...). All of it, or nothing.",
      mixinStandardHelpOptions = true)
  static final class Import implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Option(
        names = "--fleet",
        paramLabel = "FLEET",
        required = true,
        description = "The fleet these devices belong to.")
    private String fleet;

    @Parameters(paramLabel = "FILE", description = "The manifest.")
    private Path file;

    @Override
    public Integer call() throws Exception {
      JsonNode result = operator.client().importManifest(fleet, Files.readString(file));
      spec.commandLine()
          .getOut()
          .printf(
              "manifest of fleet %s: %d added, %d updated, %d unchanged%n",
              fleet,
              result.path("added").asInt(),
              result.path("updated").asInt(),
              result.path("unchanged").asInt());
      return 0;
    }
  }
}
