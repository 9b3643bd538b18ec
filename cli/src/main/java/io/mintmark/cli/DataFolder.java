package io.mintmark.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option every verb shares that works on an installation of this machine. */
final class DataFolder {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:MINTMARK_DATA:-mintmark-data}",
      description =
          "The installation's data folder (default: $MINTMARK_DATA, else" + " ./mintmark-data).")
  private Path folder;

  Path path() {
    return folder.toAbsolutePath().normalize();
  }
}
