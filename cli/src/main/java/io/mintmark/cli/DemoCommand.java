package io.mintmark.cli;

import io.mintmark.simulators.Demo;
import io.mintmark.simulators.DemoOptions;
import io.mintmark.simulators.DemoReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;

@Command(
    name = "demo",
    description = "Run the whole job on real parts, in a temporary folder and on free ports: a"
        + " factory, the provisioning service, a broker and a fleet on the device SDK. Prints one"
        + " row a claim; exits 0 only if all hold.",
    mixinStandardHelpOptions = true)
final class DemoCommand extends ClaimsCommand<DemoOptions> {

  @Override
  DemoOptions options(int devices, Path fleet) {
    return DemoOptions.of(devices, fleet);
  }

  @Override
  DemoReport play(
      LocalInstallation installation,
      DemoOptions options,
      TerminalProgress progress,
      Shutdown shutdown)
      throws Exception {
    return shutdown.add(new Demo(installation, options, progress)).run();
  }
}
