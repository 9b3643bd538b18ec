package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialReader;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Builds a {@link DeviceClient}. Needed: {@link #service}, {@link #fleet}, {@link #broker}, {@link
 * #folder}; and, until the folder holds what they lead to, {@link #bootstrap} and {@link #trust}, in one of
 * their forms.
 * All else has a default that suits a device in the field. Not thread-safe. Values are checked when
 * they are set.
 */
public final class DeviceClientBuilder {

  private static final System.Logger LOG = System.getLogger(DeviceClientBuilder.class.getName());

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(65_535);
  private static final int LONGEST_WILL = 65_535;
  private static final Duration LONGEST_EXPIRY = Duration.ofSeconds(0xffff_ffffL);

  private URI service;
  private FleetId fleet;
  private String host;
  private int port;
  private Path folder;
  private Credential bootstrap;
  private IOException bootstrapFault;
  private DeviceId device;
  private List<X509Certificate> trust = List.of();
  private IOException trustFault;
  private Set<String> fingerprints = Set.of();
  private DeviceListener listener = new DeviceListener() {};
  private String clientIdSuffix = "";
  private Message will;
  private Duration keepAlive = Duration.ofMinutes(1);
  private Duration sessionExpiry = DAY;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration answerTimeout = Duration.ofSeconds(30);
  private int inFlight = 32;
  private OfflineBuffer buffer = OfflineBuffer.memory(10_000, 16 << 20);
  private int largestPacket = 256 * 1024;
  private String responseTopic = "commands/${fleet}/${device}/answers";
  private int openRequests = 100;
  private List<String> answersTo = List.of("#");
  private Duration firstReconnect = Duration.ofMillis(500);
  private Duration longestReconnect = Duration.ofMinutes(1);
  private Duration firstRefused = Duration.ofMinutes(1);
  private Duration longestRefused = Duration.ofHours(1);
  private Clock clock = Clock.systemUTC();
  private RandomGenerator random = new Random();
  private ScheduledExecutorService executor;

  DeviceClientBuilder() {}

  /** The provisioning service: an https URI with host and port. */
  public DeviceClientBuilder service(URI uri) {
    if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "service '" + Printable.of(uri.toString()) + "' is not an https URI with a host");
    }
    service = uri;
    return this;
  }

  /** The fleet the device enrols in. */
  public DeviceClientBuilder fleet(FleetId id) {
    fleet = Objects.requireNonNull(id, "fleet");
    return this;
  }

  /** The MQTT broker; its certificate has to be for this host. */
  public DeviceClientBuilder broker(String hostName, int tlsPort) {
    if (hostName.isBlank() || tlsPort < 1 || tlsPort > 65_535) {
      throw new IllegalArgumentException("broker '" + Printable.of(hostName) + "', port " + tlsPort
          + " is not an address: give a host and a port of 1 to 65535");
    }
    host = hostName;
    port = tlsPort;
    return this;
  }

  /**
   * Where the device keeps its credential, a pending key, the trust bundle and what time it was at
   * least. One folder for one client; it survives restarts.
   */
  public DeviceClientBuilder folder(Path path) {
    folder = Objects.requireNonNull(path, "folder");
    return this;
  }

  /** What the factory gave the device. It opens the enrolment and nothing else. */
  public DeviceClientBuilder bootstrap(Credential credential) {
    bootstrap = Objects.requireNonNull(credential, "bootstrap credential");
    bootstrapFault = null;
    return this;
  }

  /**
   * The same from a PKCS#12 file. As with the other forms, {@link #build} fails if it cannot be read,
   * unless the folder holds an operational credential already, which does without.
   *
   * @param file with one key and its certificates
   * @param passphrase overwritten with zeros when this returns
   */
  public DeviceClientBuilder bootstrapPkcs12(Path file, char[] passphrase) {
    return bootstrap(() -> CredentialReader.pkcs12(file, passphrase));
  }

  /** The same from a PEM file: a PKCS#8 key, not encrypted, and its certificates, leaf first. */
  public DeviceClientBuilder bootstrapPem(Path file) {
    return bootstrap(() -> CredentialReader.pem(file));
  }

  /** The same from two PEM files. */
  public DeviceClientBuilder bootstrapPem(Path key, Path certificates) {
    return bootstrap(() -> CredentialReader.pem(key, certificates));
  }

  /**
   * The same from a key store. The key need not come out of it: one in a PKCS#11 token or a TPM signs
   * where it is. The store's provider has to be registered, with {@link
   * java.security.Security#addProvider}.
   *
   * @param store loaded, or one of a token, which is logged in to with the PIN then
   * @param alias of the key and its certificates
   * @param pin of the token, or the key's passphrase; overwritten with zeros when this returns; null
   *     if there is none
   */
  public DeviceClientBuilder bootstrapKeyStore(KeyStore store, String alias, char[] pin) {
    return bootstrap(() -> CredentialReader.keyStore(store, alias, pin));
  }

  /** Reads at once, so that no passphrase is kept, and says at the end what went wrong. */
  private DeviceClientBuilder bootstrap(Reading<Credential> reading) {
    try {
      return bootstrap(reading.read());
    } catch (IOException e) {
      bootstrap = null;
      bootstrapFault = e;
      return this;
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * The device's id, where the bootstrap certificate's subject does not tell it: neither its
   * serialNumber attribute nor its CN is one.
   */
  public DeviceClientBuilder device(DeviceId id) {
    device = Objects.requireNonNull(id, "device");
    return this;
  }

  /**
   * The roots service and broker have to chain to. Used until the folder holds a bundle, which then
   * counts alone: it may be newer, as the device follows the service's changes of roots.
   */
  public DeviceClientBuilder trust(Collection<X509Certificate> anchors) {
    trust = List.copyOf(anchors);
    trustFault = null;
    return this;
  }

  /**
   * The same from a PEM file. {@link #build} fails if it cannot be read, unless the folder holds a
   * bundle already.
   */
  public DeviceClientBuilder trust(Path pem) {
    try {
      return trust(Pem.certificates(Files.readString(pem, StandardCharsets.ISO_8859_1)));
    } catch (NoSuchFileException e) {
      trustFault = new IOException("there is no file " + pem, e);
    } catch (IOException | IllegalArgumentException e) {
      trustFault = new IOException("trust file " + pem + " is not usable: " + e.getMessage(), e);
    }
    trust = List.of();
    return this;
  }

  /**
   * The root by its fingerprint, in place of the root itself: the device asks the service for it when
   * it starts and takes it only if the fingerprint matches. Not looked at with {@link #trust}.
   *
   * @param sha256 of the root's certificate, 64 hex digits as {@code openssl x509 -fingerprint
   *     -sha256} shows them, with colons or without; several if it may be any of them
   */
  public DeviceClientBuilder trustFingerprint(String... sha256) {
    Set<String> given = new LinkedHashSet<>();
    for (String text : sha256) {
      String hex = text.strip().replace(":", "").toLowerCase(Locale.ROOT);
      if (!hex.matches("[0-9a-f]{64}")) {
        throw new IllegalArgumentException("'" + Printable.of(text)
            + "' is no SHA-256 fingerprint of a certificate: use its 64 hex digits");
      }
      given.add(hex);
    }
    fingerprints = given;
    return this;
  }

  /** Who hears of events; nobody by default. */
  public DeviceClientBuilder listener(DeviceListener events) {
    listener = Objects.requireNonNull(events, "listener");
    return this;
  }

  /**
   * What follows the device id in the MQTT client id, where the fleet allows a device several
   * connections: one of {@code : / @ ~} and a name. Empty by default.
   */
  public DeviceClientBuilder clientIdSuffix(String suffix) {
    if (!suffix.isEmpty() && !suffix.matches("[:/@~][A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("client id suffix '" + Printable.of(suffix)
          + "' is not valid: use one of : / @ ~ and then 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    clientIdSuffix = suffix;
    return this;
  }

  /**
   * What the broker publishes if the connection breaks without a goodbye. Neither {@link
   * DeviceClient#close} nor a renewal sends it. None by default.
   */
  public DeviceClientBuilder will(String topic, byte[] payload, int qos) {
    return will(Message.of(topic, payload).withQos(qos));
  }

  /** As above, with all that a message can have. */
  public DeviceClientBuilder will(Message message) {
    Topics.requireName(message.topic());
    requireBetween("will's payload", message.bytes().length, 0, LONGEST_WILL);
    will = message;
    return this;
  }

  /** Longest silence on the connection, after which the other side is asked; default 1 minute. */
  public DeviceClientBuilder keepAlive(Duration longest) {
    requireBetween("keep-alive", longest, Duration.ofSeconds(1), LONGEST_KEEP_ALIVE);
    keepAlive = longest;
    return this;
  }

  /** How long the broker keeps the session of a device that is away; default 1 day. */
  public DeviceClientBuilder sessionExpiry(Duration expiry) {
    requireBetween("session expiry", expiry, Duration.ofSeconds(1), LONGEST_EXPIRY);
    sessionExpiry = expiry;
    return this;
  }

  /** For TCP to connect, for the TLS handshake, and for the answer to CONNECT; default 10 s. */
  public DeviceClientBuilder connectTimeout(Duration timeout) {
    requireBetween("connect timeout", timeout, Duration.ofMillis(1), DAY);
    connectTimeout = timeout;
    return this;
  }

  /**
   * For the service to go on with an answer, the TLS handshake included; for all of it three times
   * that. Default 30 s.
   */
  public DeviceClientBuilder answerTimeout(Duration timeout) {
    requireBetween("answer timeout", timeout, Duration.ofMillis(1), DAY);
    answerTimeout = timeout;
    return this;
  }

  /** Most QoS 1 messages under way without an answer, in each direction; default 32. */
  public DeviceClientBuilder inFlight(int messages) {
    requireBetween("in-flight window", messages, 1, 10_000);
    inFlight = messages;
    return this;
  }

  /**
   * Where messages wait for the broker and how many may; by default in memory, 10,000 of 16 MiB
   * together, and one more fails at once.
   */
  public DeviceClientBuilder buffer(OfflineBuffer messages) {
    buffer = messages;
    return this;
  }

  /** Bytes of the largest packet the broker may send; default 256 KiB. */
  public DeviceClientBuilder largestPacket(int bytes) {
    requireBetween("largest packet", bytes, 1_024, 268_435_455);
    largestPacket = bytes;
    return this;
  }

  /**
   * Where the answers to {@link DeviceClient#request} come. The fleet has to grant the device to
   * subscribe to it. Answers there go to who asked, and to no handler. Default {@code
   * commands/${fleet}/${device}/answers}, which fits a fleet that grants {@code
   * commands/${fleet}/${device}/#}.
   *
   * @param topic without wildcards; {@code ${fleet}} and {@code ${device}} stand for the device's
   *     own
   */
  public DeviceClientBuilder responseTopic(String topic) {
    Topics.requireName(topic.replace("${fleet}", "f").replace("${device}", "d"));
    responseTopic = topic;
    return this;
  }

  /** Most requests of the device that may wait for their answers; default 100. */
  public DeviceClientBuilder openRequests(int requests) {
    requireBetween("open requests", requests, 1, 1_000_000);
    openRequests = requests;
    return this;
  }

  /**
   * The response topics on which {@link DeviceClient#reply} answers; a request that names another is
   * not handed on. By default all, and the broker decides: it may end the connection over a topic
   * that the device's fleet does not grant it.
   *
   * @param filters at least one; may hold wildcards
   */
  public DeviceClientBuilder answersTo(String... filters) {
    if (filters.length == 0) {
      throw new IllegalArgumentException("answersTo needs a filter at least: # is all topics");
    }
    for (String filter : filters) {
      Topics.requireFilter(filter);
    }
    answersTo = List.of(filters);
    return this;
  }

  /**
   * Waits between attempts to connect: random, up to a limit that doubles from the first to the
   * longest. Default 0.5 s to 1 minute.
   */
  public DeviceClientBuilder reconnectBackoff(Duration first, Duration longest) {
    requireBetween("first wait", first, Duration.ofMillis(1), longest);
    firstReconnect = first;
    longestReconnect = longest;
    return this;
  }

  /**
   * Waits between attempts after service or broker refused: random, between half a limit and the
   * limit, which doubles from the first to the longest. Default 1 minute to 1 hour.
   */
  public DeviceClientBuilder refusedBackoff(Duration first, Duration longest) {
    requireBetween("first wait", first, Duration.ofMillis(1), longest);
    firstRefused = first;
    longestRefused = longest;
    return this;
  }

  /**
   * The time of day, by which certificates are valid and renewed; the system's by default. Where it
   * is wrong by more than two minutes, the device goes by the service's.
   */
  public DeviceClientBuilder clock(Clock source) {
    clock = Objects.requireNonNull(source, "clock");
    return this;
  }

  /** Where jitter comes from; has to be thread-safe. */
  public DeviceClientBuilder random(RandomGenerator source) {
    random = Objects.requireNonNull(source, "random");
    return this;
  }

  /**
   * Runs the client's timers, short tasks that never block; by default one thread for all clients
   * of the process. Not shut down by {@link DeviceClient#close}.
   */
  public DeviceClientBuilder executor(ScheduledExecutorService timers) {
    executor = Objects.requireNonNull(timers, "executor");
    return this;
  }

  /**
   * The client, not started.
   *
   * @throws IllegalStateException if something is missing; the message names all of it
   * @throws UncheckedIOException if the bootstrap credential or the roots cannot be read and are
   *     needed, the folder cannot be written and holds no credential yet, or its buffer cannot be used:
   *     it cannot be written, or another client that is not closed has it
   */
  public DeviceClient build() {
    DeviceClock believed = believed(System::nanoTime);
    return build(believed, new ExecutorTimers(executor, believed));
  }

  /**
   * The clock of a client that is built next.
   *
   * @param nanos time to measure with
   */
  DeviceClock believed(LongSupplier nanos) {
    requireComplete();
    return new DeviceClock(clock, nanos, new DeviceFolder(folder));
  }

  /** The client, by this clock and with these timers. */
  DeviceClient build(DeviceClock believed, Timers timers) {
    DeviceFolder memory = new DeviceFolder(folder);
    requireReadable(memory);
    if (device == null && bootstrap != null) {
      device = BootstrapName.of(bootstrap.certificate())
          .orElseThrow(() -> new IllegalStateException("the bootstrap certificate's subject '"
              + Printable.of(bootstrap.certificate().getSubjectX500Principal().getName())
              + "' holds no device id: set it with device(...)"));
    }
    DeviceTrust anchors = trust(memory, believed);
    DeviceSettings settings = new DeviceSettings(
        new EstSettings(service, fleet, bootstrap, device, connectTimeout, answerTimeout),
        new MqttSettings(
            host, port, connectTimeout, keepAlive, sessionExpiry, inFlight, largestPacket, will),
        memory,
        anchors,
        clientIdSuffix,
        (device == null ? fleet.value() : device.value()) + clientIdSuffix,
        buffer,
        backlog(believed),
        new RequestSettings(responseTopic, openRequests, answersTo),
        Backoff.reconnect(firstReconnect, longestReconnect, random),
        Backoff.refused(firstRefused, longestRefused, random),
        believed,
        random);
    return new DeviceClient(settings, listener, timers);
  }

  private void requireComplete() {
    List<String> missing = new ArrayList<>();
    if (service == null) {
      missing.add("service(...)");
    }
    if (fleet == null) {
      missing.add("fleet(...)");
    }
    if (host == null) {
      missing.add("broker(...)");
    }
    if (folder == null) {
      missing.add("folder(...)");
    } else {
      DeviceFolder memory = new DeviceFolder(folder);
      if (bootstrap == null && bootstrapFault == null && !memory.hasCredential()) {
        missing.add("bootstrap(...), as " + folder + " holds no credential yet");
      }
      if (trust.isEmpty() && trustFault == null && fingerprints.isEmpty() && !memory.hasAnchors()) {
        missing.add("trust(...), as " + folder + " holds no trust bundle yet");
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "a device client cannot be built without " + String.join("; ", missing));
    }
  }

  private void requireReadable(DeviceFolder memory) {
    try {
      if (!memory.hasCredential()) {
        requireNone(bootstrapFault);
        memory.requireWritable();
      } else if (bootstrapFault != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the device goes on with the credential it has; enrolling again would not work: {0}",
            bootstrapFault.getMessage());
      }
      if (!memory.hasAnchors() && fingerprints.isEmpty()) {
        requireNone(trustFault);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void requireNone(IOException fault) throws IOException {
    if (fault != null) {
      throw fault;
    }
  }

  private DeviceTrust trust(DeviceFolder memory, DeviceClock believed) {
    try {
      DeviceTrust opened = DeviceTrust.open(memory, trust, fingerprints, believed);
      opened.anchors().forEach(root -> believed.atLeast(Validity.of(root).notBefore()));
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private Function<Consumer<Dropped>, Backlog> backlog(DeviceClock believed) {
    try {
      return buffer.open(folder, believed);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void requireBetween(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(what + " of " + value + ": use " + least + " to " + most);
    }
  }

  private static void requireBetween(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(what + " of " + value + ": use " + least + " to " + most);
    }
  }
}
