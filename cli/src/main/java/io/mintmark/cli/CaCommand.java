package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.ca.CaRequest;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.ca.OfflineRoot;
import io.mintmark.provisioning.ca.StatusAddresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ca",
    description = "The CAs: look at them, make those that will take over, hand over to them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CaCommand.Ls.class,
      CaCommand.Show.class,
      CaCommand.Csr.class,
      CaCommand.Install.class,
      CaCommand.Prepare.class,
      CaCommand.Crl.class,
      CaCommand.Activate.class,
      CaCommand.Retire.class,
      CaCommand.Revoke.class,
      CaCommand.RevokeIssued.class
    })
final class CaCommand {

  /** What the verbs that change a CA print. */
  private static String line(JsonNode issuer) {
    return issuer.path("role").asText() + " CA " + issuer.path("id").asText() + " is "
        + issuer.path("state").asText();
  }

  private static List<X509Certificate> read(Path file) throws Exception {
    try {
      return Pem.certificates(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.FAILED, file + ": " + e.getMessage());
    }
  }

  @Command(name = "list", description = "List the CAs.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().issuers().path("issuers"));
      return 0;
    }
  }

  @Command(
      name = "show",
      description = "Show one CA with its certificates.",
      mixinStandardHelpOptions = true)
  static final class Show extends OperatorVerb.Showing {
    @Parameters(paramLabel = "ID", description = "The CA's id.")
    private String id;

    @Override
    public Integer call() throws Exception {
      show(client().issuer(id));
      return 0;
    }
  }

  @Command(
      name = "csr",
      description = "Make a key for an issuing CA and print the request to certify it (PKCS#10)."
          + " The key stays with the service.",
      mixinStandardHelpOptions = true)
  static final class Csr extends OperatorVerb {
    @Override
    public Integer call() throws Exception {
      out().print(client().requestIssuer());
      out().flush();
      return 0;
    }
  }

  @Command(
      name = "install",
      description = "Take the certificate somebody made for the request of 'ca csr'.",
      mixinStandardHelpOptions = true)
  static final class Install extends OperatorVerb {
    @Parameters(paramLabel = "CERT", description = "The issuing CA's certificate, PEM.")
    private Path certificate;

    @Option(
        names = "--chain",
        paramLabel = "FILE",
        description = "The certificates above it up to the root, PEM, in any order.")
    private Path chain;

    @Option(
        names = "--cross",
        paramLabel = "FILE",
        description = "A new root's certificate by the root the devices trust now, PEM, if that one"
            + " signs elsewhere: devices do not take a root that nobody they trust vouches for.")
    private Path cross;

    @Mixin
    private RootKey rootKey;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      List<X509Certificate> all = new ArrayList<>(read(certificate));
      if (chain != null) {
        all.addAll(read(chain));
      }
      X509Certificate vouching = cross == null ? null : read(cross).get(0);
      OfflineRoot own = rootKey.isGiven() ? rootKey.open(dataFolder()) : null;
      JsonNode installed = client.installIssuer(all);
      String root = installed.path("root").asText();
      if (own != null) {
        String pem = client.issuer(root).path("details").path("pem").asText();
        vouching = own.cross(Pem.certificates(pem).get(0), statusAddresses(client), Instant.now());
      }
      if (vouching != null) {
        client.crossIssuer(root, vouching);
      }
      out().println(line(installed));
      return 0;
    }
  }

  @Command(
      name = "prepare",
      description = "Make a CA that will take over. Nothing signs with it yet.",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND",
      subcommands = {PrepareIssuing.class, PrepareRoot.class})
  static final class Prepare {}

  /** Where the root's key is when it is not with the service. It is used in this process alone. */
  static final class RootKey {
    @Option(
        names = "--root-key",
        paramLabel = "FILE",
        description = "The root's key, PKCS#12, if it is not in the data folder. It is opened"
            + " here and not sent to the service.")
    private Path file;

    @Option(
        names = "--root-passphrase-file",
        paramLabel = "FILE",
        description = "Holds the passphrase of that file (default: $MINTMARK_PASSPHRASE, else"
            + " passphrase in the data folder, else asked for).")
    private Path passphraseFile;

    boolean isGiven() {
      return file != null;
    }

    OfflineRoot open(Path data) throws Exception {
      return OfflineRoot.open(file, RootPassphrase.find(passphraseFile, data));
    }
  }

  /** Where certificates of the service say that their status is told. */
  private static Optional<StatusAddresses> statusAddresses(OperatorClient client)
      throws CommandFailure {
    return Optional.ofNullable(client.service().path("statusUrl").textValue())
        .map(StatusAddresses::parse);
  }

  @Command(
      name = "issuing",
      description = "An issuing CA below the root that was activated last.",
      mixinStandardHelpOptions = true)
  static final class PrepareIssuing extends OperatorVerb {
    @Mixin
    private RootKey rootKey;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      if (!rootKey.isGiven()) {
        out().println(line(client.prepareIssuer()));
        return 0;
      }
      OfflineRoot root = rootKey.open(dataFolder());
      byte[] request = Pem.blocks(client.requestIssuer()).get(0).der();
      X509Certificate made =
          root.issuing(CaRequest.read(request), statusAddresses(client), Instant.now());
      out().println(line(client.installIssuer(List.of(made, root.certificate()))));
      return 0;
    }
  }

  @Command(
      name = "root",
      description = "A root, with certificates from the old to the new and back; devices and"
          + " brokers are told to trust it besides the old one.",
      mixinStandardHelpOptions = true)
  static final class PrepareRoot extends OperatorVerb {
    @Mixin
    private RootKey rootKey;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      if (!rootKey.isGiven()) {
        out().println(line(client.prepareRoot(false)));
        return 0;
      }
      OfflineRoot root = rootKey.open(dataFolder());
      JsonNode made = client.prepareRoot(true);
      X509Certificate certificate =
          Pem.certificates(made.path("details").path("pem").asText()).get(0);
      String id = made.path("id").asText();
      X509Certificate cross = root.cross(certificate, statusAddresses(client), Instant.now());
      out().println(line(client.crossIssuer(id, cross)));
      return 0;
    }
  }

  @Command(
      name = "crl",
      description = "Sign the next CRL of a root whose key is not with the service.",
      mixinStandardHelpOptions = true)
  static final class Crl extends OperatorVerb {
    @Mixin
    private RootKey rootKey;

    @Override
    public Integer call() throws Exception {
      if (!rootKey.isGiven()) {
        throw new CommandFailure(
            CommandFailure.UNUSABLE,
            "the root's key is needed: name its file with --root-key; the CRLs of all others are"
                + " made by the service");
      }
      OperatorClient client = client();
      OfflineRoot root = rootKey.open(dataFolder());
      String id = KeyIds.hex(root.certificate().getPublicKey());
      int entries =
          client.publishCrl(id, root.crl(client.draftCrl(id))).path("entries").asInt();
      out().println("CRL of root CA " + id + " lists " + entries + " revoked CAs");
      return 0;
    }
  }

  /** What activate, retire and revoke share. */
  private abstract static class Change extends OperatorVerb {
    @Parameters(paramLabel = "ID", description = "The CA's id.")
    private String id;

    Integer apply(String verb, Map<String, String> query) throws CommandFailure {
      out().println(line(client().changeIssuer(id, verb, query)));
      return 0;
    }

    static Map<String, String> forced(boolean force) {
      return force ? Map.of("force", "true") : Map.of();
    }
  }

  @Command(
      name = "activate",
      description = "Hand over to a prepared CA. Refused while too few devices hold its root.",
      mixinStandardHelpOptions = true)
  static final class Activate extends Change {
    @Option(names = "--force", description = "Whatever devices hold: those without are lost.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      return apply("activate", forced(force));
    }
  }

  @Command(
      name = "retire",
      description = "Take a root out of the bundle, or give a prepared CA up.",
      mixinStandardHelpOptions = true)
  static final class Retire extends Change {
    @Option(names = "--force", description = "Though certificates below it are still good.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      return apply("retire", forced(force));
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke a CA that is not in use: what it signed is good no more. Refused while"
          + " brokers' certificates are below it.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends Change {
    @Option(
        names = "--reason",
        paramLabel = "REASON",
        defaultValue = "cACompromise",
        description = "As RFC 5280 names it: cACompromise, cessationOfOperation, superseded,"
            + " affiliationChanged, privilegeWithdrawn or unspecified (default: ${DEFAULT-VALUE}).")
    private String reason;

    @Option(
        names = "--force",
        description = "Though brokers' certificates are below it: these have to be enrolled again.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      Map<String, String> query = new HashMap<>(forced(force));
      query.put("reason", reason);
      return apply("revoke", query);
    }
  }

  @Command(
      name = "revoke-issued",
      description = "Revoke what an issuing CA signed before a time; the CA itself stays as it is."
          + " Certificates of brokers are left out.",
      mixinStandardHelpOptions = true)
  static final class RevokeIssued extends OperatorVerb {
    @Parameters(paramLabel = "ID", description = "The CA's id.")
    private String id;

    @Option(
        names = "--before",
        paramLabel = "TIME",
        required = true,
        description = "Only what it signed before then, for example 2027-01-31T00:00:00Z.")
    private Instant before;

    @Mixin
    private ReasonOption reason;

    @Override
    public Integer call() throws Exception {
      Map<String, String> body = new HashMap<>(reason.body());
      body.put("before", before.toString());
      follow(client().revokeIssued(id, body));
      return 0;
    }
  }
}
