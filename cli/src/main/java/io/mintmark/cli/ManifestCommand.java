package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  static final class Import extends OperatorVerb {
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
      JsonNode result = client().importManifest(fleet, Files.readString(file));
      out()
          .printf(
              "manifest of fleet %s: %d added, %d updated, %d unchanged%n",
              fleet,
              result.path("added").asInt(),
              result.path("updated").asInt(),
              result.path("unchanged").asInt());
      result
          .path("warnings")
          .forEach(warning -> err().println("mintmark: warning: " + warning.asText()));
      return 0;
    }
  }
}
