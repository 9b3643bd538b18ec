package io.mintmark.broker;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Rate;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the extension needs to know.
 *
 * @param folder holds {@code credential.pem} and {@code trust.pem}, gets {@code feed.json}
 * @param service the provisioning service, an https URI
 * @param maxStaleness how long after the feed was last heard newcomers are still admitted, at
 *     least a minute
 * @param maxSessionStaleness how long after that sessions that are there stay, at least as long;
 *     {@link BrokerConfig#FOREVER} for ever; never null, though null may be given for the default
 * @param listenerPassphraseFile holds the passphrase of the key store and trust store that the
 *     listener reads from {@code folder}; null if the listener's stores are the operator's to keep
 * @param rates how often may be connected
 * @param bootstrap the file the broker was invited with, as of {@link BootstrapFile}; null if
 *     {@code credential.pem} comes otherwise
 */
record ExtensionSettings(
    Path folder,
    URI service,
    Duration maxStaleness,
    Duration maxSessionStaleness,
    Path listenerPassphraseFile,
    ConnectRates rates,
    Path bootstrap) {

  /** The file a HiveMQ installation configures the extension with, in its home folder. */
  static final String FILE = "mintmark-broker.properties";

  private static final String MAX_SESSION_STALENESS = "max-session-staleness";
  private static final Set<String> KEYS = Set.of(
      "service",
      "folder",
      "max-staleness",
      MAX_SESSION_STALENESS,
      "listener-passphrase-file",
      "bootstrap",
      "connect-rate",
      "device-connect-rate");
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration SESSIONS_STAY = Duration.ofDays(7);
  private static final int SHORTEST_PASSPHRASE = 6;

  ExtensionSettings {
    if (!"https".equals(service.getScheme()) || service.getHost() == null) {
      throw new IllegalArgumentException("service '"
          + Printable.of(service.toString())
          + "' is not an https URI with a host, for example https://pki.example.org:8443");
    }
    if (maxStaleness.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("max-staleness "
          + maxStaleness.toSeconds()
          + "s is too short: with nothing to say the feed answers every 30 s; use at least 1m");
    }
    if (maxSessionStaleness == null) {
      maxSessionStaleness = longer(SESSIONS_STAY, maxStaleness);
    }
    if (maxSessionStaleness.compareTo(maxStaleness) < 0) {
      throw new IllegalArgumentException(MAX_SESSION_STALENESS
          + " "
          + DurationText.of(maxSessionStaleness)
          + " is shorter than max-staleness "
          + DurationText.of(maxStaleness)
          + ": a session would be cut and could connect again; use at least that, or 'off'");
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** With what holds where nobody chose. */
  ExtensionSettings(Path folder, URI service, Duration maxStaleness) {
    this(folder, service, maxStaleness, null, null, ConnectRates.DEFAULT, null);
  }

  Path credential() {
    return folder.resolve("credential.pem");
  }

  Path trust() {
    return folder.resolve("trust.pem");
  }

  Path snapshot() {
    return folder.resolve("feed.json");
  }

  /**
   * Reads {@value #FILE}.
   *
   * @param home the extension's home folder; a relative {@code folder} is resolved against it
   */
  static ExtensionSettings read(Path home) throws StartRefusedException {
    Path file = home.resolve(FILE);
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      throw new StartRefusedException(
          file + " is missing; it must name the service, for example service=https://host:8443", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartRefusedException(file + " cannot be read: " + e.getMessage(), e);
    }
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (!KEYS.contains(key)) {
        throw new StartRefusedException(file
            + ": unknown key '"
            + Printable.of(key)
            + "'; known are "
            + String.join(", ", new TreeSet<>(KEYS)));
      }
    }
    try {
      return new ExtensionSettings(
          home.resolve(properties.getProperty("folder", "").strip()),
          service(properties.getProperty("service")),
          duration(
              "max-staleness", properties.getProperty("max-staleness", "24h").strip()),
          sessionStaleness(properties.getProperty(MAX_SESSION_STALENESS)),
          file(home, properties.getProperty("listener-passphrase-file")),
          new ConnectRates(
              rate(properties, "connect-rate", ConnectRates.DEFAULT.broker()),
              rate(properties, "device-connect-rate", ConnectRates.DEFAULT.device())),
          file(home, properties.getProperty("bootstrap")));
    } catch (IllegalArgumentException e) {
      throw new StartRefusedException(file + ": " + e.getMessage(), e);
    }
  }

  private static Path file(Path home, String value) {
    return value == null ? null : home.resolve(value.strip());
  }

  /**
   * What the file holds. A secret.
   *
   * @throws StartRefusedException if it is not readable or too short
   */
  String listenerPassphrase() throws StartRefusedException {
    String line;
    try {
      line = Files.readString(listenerPassphraseFile)
          .lines()
          .findFirst()
          .orElse("")
          .strip();
    } catch (IOException e) {
      throw new StartRefusedException(
          "the listener's passphrase in " + listenerPassphraseFile + " cannot be read: " + e, e);
    }
    if (line.length() < SHORTEST_PASSPHRASE) {
      throw new StartRefusedException("the listener's passphrase in " + listenerPassphraseFile
          + " is shorter than " + SHORTEST_PASSPHRASE + " characters; use a longer one");
    }
    return line;
  }

  private static URI service(String value) {
    if (value == null) {
      throw new IllegalArgumentException(
          "the key 'service' is missing, for example service=https://pki.example.org:8443");
    }
    try {
      return new URI(value.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "service '" + Printable.of(value) + "' is not a URI: " + e.getReason(), e);
    }
  }

  private static Duration sessionStaleness(String value) {
    if (value == null) {
      return null;
    }
    return value.strip().equals("off")
        ? BrokerConfig.FOREVER
        : duration(MAX_SESSION_STALENESS, value.strip());
  }

  private static Rate rate(Properties properties, String key, Rate or) {
    String value = properties.getProperty(key);
    try {
      return value == null ? or : Rate.parse(value.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + " " + e.getMessage(), e);
    }
  }

  private static Duration duration(String key, String value) {
    try {
      return DurationText.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + " " + e.getMessage(), e);
    }
  }
}
