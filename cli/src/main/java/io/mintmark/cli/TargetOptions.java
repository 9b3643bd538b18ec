package io.mintmark.cli;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Option;

/** What a scenario is played against. */
final class TargetOptions {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The installation that runs on this machine with this data folder. Without this"
          + " and the next ones it is a temporary one, made for the run.")
  private Path data;

  @Option(
      names = "--service",
      paramLabel = "URL",
      description = "An installation elsewhere: where devices enrol, https://HOST:8443.")
  private URI service;

  @Option(
      names = "--operator-url",
      paramLabel = "URL",
      description = "Its operator API, https://HOST:9443.")
  private URI operator;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds its operator token (default with --data: operator.token there).")
  private Path tokenFile;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "Its roots, PEM (default with --data: trust.pem there).")
  private Path trust;

  @Option(
      names = "--broker",
      paramLabel = "HOST:PORT",
      description = "Its broker (default with --data: the one that runs with the service).")
  private String broker;

  @Option(
      names = "--change-cas",
      description = "Let 'rollover' change the CAs of an installation that is not temporary.")
  private boolean changeCas;

  @Option(
      names = "--broker-warm-up",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationOrOff.class,
      description =
          "How long the broker of a temporary installation practises before its port opens"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration warmUp;

  /** Whether it is one of its own. */
  boolean isOwn() {
    return data == null
        && service == null
        && operator == null
        && broker == null
        && trust == null
        && tokenFile == null;
  }

  Duration warmUp() {
    return warmUp;
  }

  /**
   * The one that is there already.
   *
   * @throws CommandFailure if it is not
   */
  FoundInstallation find() throws CommandFailure {
    return FoundInstallation.find(data == null ? remote() : local());
  }

  private FoundInstallation.Address remote() throws CommandFailure {
    Map<String, Object> needed = new LinkedHashMap<>();
    needed.put("--service", service);
    needed.put("--operator-url", operator);
    needed.put("--token-file", tokenFile);
    needed.put("--trust", trust);
    needed.put("--broker", broker);
    List<String> missing = needed.entrySet().stream()
        .filter(each -> Objects.isNull(each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
    if (!missing.isEmpty()) {
      throw unusable("an installation elsewhere needs " + String.join(", ", missing)
          + " as well; or name one of this machine with --data");
    }
    return address(service, operator, null, null);
  }

  private FoundInstallation.Address local() throws CommandFailure {
    Endpoints endpoints;
    try {
      endpoints = Endpoints.read(data);
    } catch (IOException e) {
      throw unusable("no service can be found by the data folder " + data
          + ": is 'mintmark up' or 'mintmark provisioning' running with it?");
    }
    if (tokenFile == null) {
      tokenFile = data.resolve("operator.token");
    }
    if (trust == null) {
      trust = data.resolve("trust.pem");
    }
    if (broker == null) {
      if (endpoints.mqtt() == null) {
        throw unusable(
            "no broker runs with the service of " + data + ": name it with --broker HOST:PORT");
      }
      broker = endpoints.mqtt().getHost() + ":" + endpoints.mqtt().getPort();
    }
    return address(
        service == null ? endpoints.service() : service,
        operator == null ? endpoints.operator() : operator,
        endpoints.status(),
        changeCas ? data.resolve("broker") : null);
  }

  private FoundInstallation.Address address(
      URI devices, URI operators, URI status, Path brokerFolder) throws CommandFailure {
    int colon = broker.lastIndexOf(':');
    int port = colon < 1 ? 0 : port(broker.substring(colon + 1));
    if (port == 0) {
      throw unusable(
          "--broker '" + Printable.of(broker) + "' is not HOST:PORT, as in localhost:8883");
    }
    requireHttps("--service", devices);
    requireHttps("--operator-url", operators);
    return new FoundInstallation.Address(
        devices,
        operators,
        status,
        OperatorClient.token(tokenFile, read("--token-file", tokenFile)),
        certificates(),
        trust,
        broker.substring(0, colon),
        port,
        brokerFolder);
  }

  private static void requireHttps(String option, URI uri) throws CommandFailure {
    if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
      throw unusable(option + " '" + Printable.of(uri.toString())
          + "' is not an address of it: use https://HOST:PORT");
    }
  }

  /** 0 if it is none. */
  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= 65_535 ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private List<X509Certificate> certificates() throws CommandFailure {
    try {
      return Pem.certificates(read("--trust", trust));
    } catch (IllegalArgumentException e) {
      throw unusable("--trust " + trust + ": " + e.getMessage());
    }
  }

  private static String read(String option, Path file) throws CommandFailure {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw unusable(option + ": the file " + file + " cannot be read");
    }
  }

  private static CommandFailure unusable(String line) {
    return new CommandFailure(CommandFailure.UNUSABLE, line);
  }
}
