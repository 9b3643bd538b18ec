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

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

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
      description = "Holds its operator token (default with --data: operator.token there). 'attack'"
          + " goes without: what takes one is then not tried.")
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
      names = "--websocket-url",
      paramLabel = "URL",
      description = "Its MQTT over WebSocket, wss://HOST:8884/mqtt, for 'attack'.")
  private URI webSocket;

  @Option(
      names = "--status-url",
      paramLabel = "URL",
      description = "Its CRLs and OCSP, http://HOST:8480, for 'attack'.")
  private URI status;

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
        && tokenFile == null
        && webSocket == null
        && status == null;
  }

  Duration warmUp() {
    return warmUp;
  }

  /**
   * The one that is there already.
   *
   * @param operated whether it takes an operator
   * @throws CommandFailure if it is not
   */
  FoundInstallation find(boolean operated) throws CommandFailure {
    return FoundInstallation.find(data == null ? remote(operated) : local());
  }

  private FoundInstallation.Address remote(boolean operated) throws CommandFailure {
    Map<String, Object> needed = new LinkedHashMap<>();
    needed.put("--service", service);
    if (operated || tokenFile != null) {
      needed.put("--operator-url", operator);
      needed.put("--token-file", tokenFile);
    }
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
    return address(service, operator, null);
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
    if (status == null) {
      status = endpoints.status();
    }
    if (webSocket == null) {
      webSocket = endpoints.webSocket();
    }
    return address(
        service == null ? endpoints.service() : service,
        operator == null ? endpoints.operator() : operator,
        changeCas ? data.resolve("broker") : null);
  }

  private FoundInstallation.Address address(URI devices, URI operators, Path brokerFolder)
      throws CommandFailure {
    int colon = broker.lastIndexOf(':');
    int port = colon < 1 ? 0 : port(broker.substring(colon + 1));
    if (port == 0) {
      throw unusable(
          "--broker '" + Printable.of(broker) + "' is not HOST:PORT, as in localhost:8883");
    }
    require("--service", devices, "https", "https://HOST:PORT");
    require("--operator-url", operators, "https", "https://HOST:PORT");
    require("--websocket-url", webSocket, "wss", "wss://HOST:PORT/mqtt");
    require("--status-url", status, "http", "http://HOST:PORT");
    return new FoundInstallation.Address(
        withPort(devices, HTTPS),
        withPort(operators, HTTPS),
        withPort(status, HTTP),
        withPort(webSocket, HTTPS),
        tokenFile == null ? null : OperatorClient.token(tokenFile, read("--token-file", tokenFile)),
        certificates(),
        trust,
        broker.substring(0, colon),
        port,
        brokerFolder);
  }

  private static void require(String option, URI uriOrNull, String scheme, String form)
      throws CommandFailure {
    if (uriOrNull != null
        && (!scheme.equals(uriOrNull.getScheme()) || uriOrNull.getHost() == null)) {
      throw unusable(option + " '" + Printable.of(uriOrNull.toString())
          + "' is not an address of it: use " + form);
    }
  }

  /** Not all that connect by an address know its scheme's port. */
  private static URI withPort(URI uriOrNull, int usual) {
    return uriOrNull == null || uriOrNull.getPort() >= 0
        ? uriOrNull
        : URI.create(uriOrNull.getScheme() + "://" + uriOrNull.getHost() + ":" + usual
            + uriOrNull.getRawPath());
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
