package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "certificate",
    description = "Look at single certificates and revoke them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CertificateCommand.Ls.class,
      CertificateCommand.Show.class,
      CertificateCommand.Revoke.class
    })
final class CertificateCommand {

  @Command(
      name = "list",
      description = "List the latest certificates, the latest first.",
      mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Option(
        names = "--issuer",
        paramLabel = "ID",
        description = "Only those this issuing CA signed.")
    private String issuer;

    @Option(
        names = "--identity",
        paramLabel = "SPIFFE-ID",
        description = "Only those of this device, application or broker.")
    private String identity;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        description = "At most this many, up to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Override
    public Integer call() throws Exception {
      Map<String, String> query = new HashMap<>(Map.of("limit", Integer.toString(limit)));
      if (issuer != null) {
        query.put("issuer", issuer);
      }
      if (identity != null) {
        query.put("identity", identity);
      }
      show(client().certificates(query).path("certificates"));
      return 0;
    }
  }

  @Command(name = "show", description = "Show one certificate.", mixinStandardHelpOptions = true)
  static final class Show extends OperatorVerb.Showing {
    @Parameters(paramLabel = "SERIAL", description = "Its serial number, hex.")
    private String serial;

    @Override
    public Integer call() throws Exception {
      show(client().certificate(serial));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke a certificate for good. Whose it is may have another one.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends OperatorVerb {
    @Parameters(
        paramLabel = "SERIAL",
        description = "Its serial number, hex, as 'openssl x509 -noout -serial' shows it.")
    private String serial;

    @Option(
        names = "--issuer",
        paramLabel = "ID",
        description = "The issuing CA it must be of (default: any of this service's).")
    private String issuer;

    @Mixin
    private ReasonOption reason;

    @Override
    public Integer call() throws Exception {
      Map<String, String> body = new HashMap<>(reason.body());
      if (issuer != null) {
        body.put("issuer", issuer);
      }
      JsonNode revoked = client().revokeCertificate(serial, body);
      out()
          .println("certificate " + revoked.path("serial").asText() + " of "
              + revoked.path("identity").asText() + " revoked");
      return 0;
    }
  }
}
