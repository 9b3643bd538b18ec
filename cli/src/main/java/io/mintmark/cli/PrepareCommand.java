package io.mintmark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "prepare",
    hidden = true,
    description = "Start a temporary service and broker and stop them: for the launcher, which has"
        + " Java keep the classes this loads in the form it starts fastest from.")
final class PrepareCommand implements Callable<Integer> {

  private static final Duration LONG_ENOUGH_TO_LOAD = Duration.ofSeconds(2);

  @Override
  public Integer call() throws Exception {
    CryptoProvider.install();
    Path folder = Files.createTempDirectory("mintmark-prepare");
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.add(() -> TemporaryFolder.delete(folder));
      shutdown.add(LocalInstallation.start(folder, LONG_ENOUGH_TO_LOAD));
    }
    return 0;
  }
}
