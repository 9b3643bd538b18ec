package io.mintmark.cli;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "app",
    description = "Applications: backends that read telemetry or send commands.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AppCommand.Apply.class,
      AppCommand.Ls.class,
      AppCommand.Certificate.class,
      AppCommand.Remove.class
    })
final class AppCommand {

  @Command(
      name = "apply",
      description = "Create an application or replace its topic grants.",
      mixinStandardHelpOptions = true)
  static final class Apply extends OperatorVerb {
    @Parameters(paramLabel = "NAME", description = "The application's name, its MQTT client id.")
    private String name;

    @Option(
        names = "--publish",
        paramLabel = "FILTER",
        description = "A topic filter it may publish to, or limits too, as in a fleet file:"
            + " '{topic: state/x, qos: 1, retain: true}'; repeat it for more.")
    private List<String> publish = List.of();

    @Option(
        names = "--subscribe",
        paramLabel = "FILTER",
        description = "A topic filter it may subscribe to, or limits too:"
            + " '{topic: jobs/#, qos: 1, shared: only}'; repeat it for more.")
    private List<String> subscribe = List.of();

    @Override
    public Integer call() throws Exception {
      TopicGrants grants;
      try {
        grants = GrantArguments.read(publish, subscribe);
      } catch (IllegalArgumentException | YamlException e) {
        throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
      }
      client().defineApplication(name, grants);
      out().println("application " + name + " applied");
      return 0;
    }
  }

  @Command(name = "list", description = "List the applications.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().applications().path("applications"));
      return 0;
    }
  }

  @Command(
      name = "certificate",
      description =
          "Make a key and obtain the application's certificate for it. One that FILE holds"
              + " already is replaced: it is good until the new one was seen in use.",
      mixinStandardHelpOptions = true)
  static final class Certificate extends OperatorVerb {
    @Parameters(paramLabel = "NAME", description = "The application's name.")
    private String name;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        required = true,
        description = "Where key and chain go, one PEM file that only you may read.")
    private Path out;

    @Override
    public Integer call() throws Exception {
      CredentialStore store = new CredentialStore(out);
      Optional<Credential> before = before(store);
      Credential credential = before.isEmpty()
          ? client().certifyApplication(name)
          : client()
              .replaceApplicationCertificate(name, before.get().certificate().getSerialNumber());
      store.save(credential);
      out()
          .println("application " + name + ": credential in " + out + ", valid until "
              + credential.certificate().getNotAfter().toInstant());
      before.ifPresent(replaced -> out()
          .println("  in place of " + replaced.certificate().getSerialNumber().toString(16)
              + ", which is good until this one was seen in use"));
      return 0;
    }

    /** What FILE holds, if it is this application's and still good; else it is overwritten. */
    private Optional<Credential> before(CredentialStore store) {
      try {
        return store
            .load()
            .filter(c -> c.identity() instanceof Identity.Application application
                && application.name().equals(name)
                && Validity.of(c.certificate()).contains(Instant.now()));
      } catch (IOException | IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  @Command(
      name = "remove",
      description = "Remove an application for good.",
      mixinStandardHelpOptions = true)
  static final class Remove extends OperatorVerb {
    @Parameters(paramLabel = "NAME", description = "The application's name.")
    private String name;

    @Option(
        names = "--force",
        description = "Though it has certificates that are still good: they are revoked.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      long revoked =
          client().removeApplication(name, force).path("certificates").asLong();
      out().println("application " + name + " removed, certificates revoked " + revoked);
      return 0;
    }
  }
}
