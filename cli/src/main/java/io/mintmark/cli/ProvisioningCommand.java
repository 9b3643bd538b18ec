package io.mintmark.cli;

import io.mintmark.provisioning.ProvisioningService;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "provisioning",
    description = "Run the provisioning service alone; brokers run elsewhere (mintmark broker).",
    mixinStandardHelpOptions = true)
final class ProvisioningCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private ServiceOptions options;

  @Mixin
  private MisbehaveOption misbehave;

  @Override
  public Integer call() throws Exception {
    String crypto = CryptoProvider.install();
    MisbehaveSpec trouble = misbehave.announced(spec.commandLine().getErr());
    trouble.requireNoBroker();
    try (Shutdown shutdown = new Shutdown()) {
      ProvisioningService service =
          shutdown.add(ProvisioningService.start(options.config(), trouble.service()));
      PrintWriter out = spec.commandLine().getOut();
      ServiceReport.print(out, service, options.folder(), crypto);
      out.println("Stop with Ctrl-C.");
      out.flush();
      Shutdown.await();
    }
    return 0;
  }
}
