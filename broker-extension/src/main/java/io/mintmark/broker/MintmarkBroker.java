package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import com.hivemq.HiveMQServer;
import com.hivemq.bootstrap.netty.NettyConfiguration;
import com.hivemq.configuration.ConfigurationBootstrap;
import com.hivemq.configuration.info.SystemInformationImpl;
import com.hivemq.configuration.service.FullConfigurationService;
import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.configuration.service.PersistenceConfigurationService.PersistenceMode;
import com.hivemq.configuration.service.entity.Listener;
import com.hivemq.configuration.service.entity.Tls;
import com.hivemq.configuration.service.entity.TlsTcpListener;
import com.hivemq.configuration.service.entity.TlsWebsocketListener;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.extension.sdk.api.ExtensionMain;
import io.mintmark.identity.Printable;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runnable broker: HiveMQ Community Edition in this process, wired with {@link
 * MintmarkExtension}, listening for MQTT over mutual TLS, on TCP and WebSocket, and for nothing else. Thread-safe.
 *
 * <p>It drives HiveMQ's server class rather than its embedding API: that API lets everybody in by
 * default, and falls back to an open plain-text port when the configuration cannot be read, between
 * reading it and telling us. Here what HiveMQ is about to open is looked at before it is started.
 */
public final class MintmarkBroker implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MintmarkBroker.class);

  /** Asked before any other extension: HiveMQ goes by the first authenticator that decides. */
  private static final int PRIORITY = Integer.MAX_VALUE;

  private final HiveMQServer server;
  private final TlsListener listener;
  private final FolderLock lock;
  private final int port;
  private final int websocketPort;
  private final MetricsPage page;
  private boolean closed;

  private MintmarkBroker(
      HiveMQServer server,
      TlsListener listener,
      FolderLock lock,
      int port,
      int websocketPort,
      MetricsPage page) {
    this.server = server;
    this.listener = listener;
    this.lock = lock;
    this.port = port;
    this.websocketPort = websocketPort;
    this.page = page;
  }

  /**
   * Starts the broker and returns when its port is open. The provisioning service need not be
   * reachable where the folder holds a snapshot of the feed; without one nobody is admitted until
   * it was. Brokers of one process start one after another: HiveMQ hands its services to extensions
   * in static fields.
   *
   * @throws BrokerStartException if it does not start; then no port was opened, and nothing is left
   *     running
   */
  public static MintmarkBroker start(BrokerConfig config) throws BrokerStartException {
    return start(config, Clock.systemUTC());
  }

  static MintmarkBroker start(BrokerConfig config, Clock clock) throws BrokerStartException {
    ExtensionSettings settings;
    try {
      settings = config.settings();
      // HiveMQ takes seconds to start; what the extension would refuse then can be said now.
      BrokerState.load(settings, clock);
    } catch (IllegalArgumentException | StartRefusedException e) {
      throw new BrokerStartException(e.getMessage(), e);
    }
    return start(
        config, (gate, warmUp) -> extension(new MintmarkExtension(settings, gate, warmUp, clock)));
  }

  private static EmbeddedExtension extension(ExtensionMain main) {
    return EmbeddedExtension.builder()
        .withId("mintmark-broker")
        .withName("Mintmark broker")
        .withVersion("embedded")
        .withPriority(PRIORITY)
        .withStartPriority(PRIORITY)
        .withExtensionMain(main)
        .build();
  }

  static MintmarkBroker start(
      BrokerConfig config, Function<ListenerGate, EmbeddedExtension> extension)
      throws BrokerStartException {
    return start(config, (gate, warmUp) -> extension.apply(gate));
  }

  /**
   * @param extension makes the extension for the listener; tests break it here, null for none
   */
  static synchronized MintmarkBroker start(
      BrokerConfig config, BiFunction<ListenerGate, WarmUp, EmbeddedExtension> extension)
      throws BrokerStartException {
    FreePorts.require(config);
    Path folder = config.folder().toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw new BrokerStartException("the broker's folder " + folder + " does not exist");
    }
    HiveMqFolder hiveMq = new HiveMqFolder(folder.resolve("hivemq"));
    FolderLock lock = null;
    try {
      hiveMq.create();
      lock = FolderLock.take(hiveMq.path());
      TlsListener listener = new TlsListener(hiveMq.conf());
      hiveMq.prepare(config, listener);
      MintmarkBroker broker = start(config, hiveMq, lock, listener, extension);
      lock = null;
      return broker;
    } catch (IOException e) {
      throw new BrokerStartException(
          "the broker's folder " + hiveMq.path() + " is not writable: " + e.getMessage(), e);
    } finally {
      release(lock);
    }
  }

  private static MintmarkBroker start(
      BrokerConfig config,
      HiveMqFolder hiveMq,
      FolderLock lock,
      TlsListener listener,
      BiFunction<ListenerGate, WarmUp, EmbeddedExtension> extension)
      throws BrokerStartException {
    // Should the extension ever vanish at run time, nobody gets in.
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
    UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    HiveMQServer server = null;
    boolean bootstrapped = false;
    try {
      SystemInformationImpl system = new SystemInformationImpl(
          true,
          true,
          hiveMq.conf().toFile(),
          hiveMq.data().toFile(),
          hiveMq.extensions().toFile());
      system.init();
      FullConfigurationService configuration = ConfigurationBootstrap.bootstrapConfig(system);
      requireOnly(configuration, config, listener);
      MetricRegistry metrics = new MetricRegistry();
      server = new HiveMQServer(system, metrics, configuration, false, false);
      bootstrap(server, hiveMq.data());
      bootstrapped = true;
      ListenerTls.giveTo(server.getInjector());
      WarmUp warmUp = config.warmUp().isZero()
          ? WarmUp.NONE
          : new PipelineWarmUp(
              server.getInjector(),
              listener(configuration, TlsTcpListener.class).orElseThrow(),
              config.warmUp());
      server.startInstance(extension.apply(listener, warmUp));
      requireOpened(listener);
      if (config.persistence() == Persistence.MEMORY) {
        log.warn("sessions, queued and retained messages are kept in memory only (--persistence"
            + " memory): they are lost when this broker ends");
      }
      Handshakes handshakes = new Handshakes(metrics);
      NewConnections.watch(
          server.getInjector().getInstance(NettyConfiguration.class).getParentEventLoopGroup(),
          connection -> {
            handshakes.look(connection);
            SecondHandshake.watch(connection);
            WebSocketFrames.limit(connection, config.limits().packetBytes());
          });
      MetricsPage page = config.hasMetrics()
          ? MetricsPage.open(metrics, config.metricsAddress(), config.metricsPort())
          : null;
      int port = port(configuration, TlsTcpListener.class);
      int websocketPort = port(configuration, TlsWebsocketListener.class);
      log.info(
          "MQTT over TLS on {}:{}, over WebSocket on {}",
          config.bindAddress(),
          port,
          config.hasWebsocket() ? websocketPort : "no port");
      return new MintmarkBroker(server, listener, lock, port, websocketPort, page);
    } catch (Exception | Error e) {
      stop(server, listener);
      throw explain(e, config, listener, bootstrapped);
    } finally {
      // HiveMQ's own would end the process on a fault of its choosing.
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static void bootstrap(HiveMQServer server, Path data) throws Exception {
    try (DataOpening opening = new DataOpening()) {
      try {
        server.bootstrap();
      } catch (Exception e) {
        opening.explain(data, e);
        throw e;
      }
    }
  }

  /** HiveMQ has bound the port, and could not have without the key; but asked once more. */
  private static void requireOpened(TlsListener listener) throws BrokerStartException {
    if (!listener.isOpened()) {
      throw new BrokerStartException(
          listener.whyRefused() == null
              ? "the Mintmark extension did not start"
              : listener.whyRefused());
    }
  }

  /** What HiveMQ will open are our listeners, as we wrote them, and nothing beside them. */
  private static void requireOnly(
      FullConfigurationService configuration, BrokerConfig config, TlsListener listener)
      throws BrokerStartException {
    List<Listener> all = configuration.listenerConfiguration().getListeners();
    boolean ours = all.stream()
        .allMatch(each -> (each instanceof TlsTcpListener tcp
                && tcp.getPort() == config.port()
                && isOurs(tcp, tcp.getTls(), config, listener))
            || (each instanceof TlsWebsocketListener websocket
                && websocket.getPort() == config.websocketPort()
                && isOurs(websocket, websocket.getTls(), config, listener)));
    if (!ours
        || mode(configuration) != config.persistence()
        || all.size() != (config.hasWebsocket() ? 2 : 1)
        || port(configuration, TlsTcpListener.class) != config.port()
        || port(configuration, TlsWebsocketListener.class) != config.websocketPort()) {
      throw new BrokerStartException(
          "HiveMQ has not understood the configuration written for it in " + config.folder());
    }
  }

  /** Of a kind of listener, the port it will listen on, or does; {@link BrokerConfig#NO_PORT}. */
  private static int port(FullConfigurationService configuration, Class<? extends Listener> kind) {
    return listener(configuration, kind).map(Listener::getPort).orElse(BrokerConfig.NO_PORT);
  }

  private static <T extends Listener> Optional<T> listener(
      FullConfigurationService configuration, Class<T> kind) {
    return configuration.listenerConfiguration().getListeners().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst();
  }

  private static boolean isOurs(
      Listener opening, Tls tls, BrokerConfig config, TlsListener listener) {
    return opening.getBindAddress().equals(config.bindAddress())
        && tls.getClientAuthMode() == Tls.ClientAuthMode.REQUIRED
        && tls.getKeystorePath().equals(listener.keyStore().toString())
        && listener.trustStore().toString().equals(tls.getTruststorePath());
  }

  private static Persistence mode(FullConfigurationService configuration) {
    return configuration.persistenceConfigurationService().getMode() == PersistenceMode.FILE
        ? Persistence.FILE
        : Persistence.MEMORY;
  }

  private static BrokerStartException explain(
      Throwable fault, BrokerConfig config, TlsListener listener, boolean bootstrapped) {
    if (fault instanceof BrokerStartException known) {
      return known;
    }
    if (listener.whyRefused() != null) {
      return new BrokerStartException(listener.whyRefused(), fault);
    }
    if (bootstrapped && !listener.isOpened()) {
      return new BrokerStartException(
          "the Mintmark extension did not start, so the broker stays shut; the log says why",
          fault);
    }
    try {
      FreePorts.require(config);
    } catch (BrokerStartException e) {
      return e;
    }
    return new BrokerStartException(
        "HiveMQ did not start: " + Printable.of(fault.toString()) + "; the log says more", fault);
  }

  /** The port of MQTT over TLS. */
  public int port() {
    return port;
  }

  /** The port of MQTT over WebSocket over TLS, if there is one. */
  public OptionalInt websocketPort() {
    return websocketPort == BrokerConfig.NO_PORT
        ? OptionalInt.empty()
        : OptionalInt.of(websocketPort);
  }

  /** The port of the page of metrics, if there is one. */
  public OptionalInt metricsPort() {
    return page == null ? OptionalInt.empty() : OptionalInt.of(page.port());
  }

  /**
   * Disconnects everybody, keeps their sessions on disk, and closes the port. Takes some seconds,
   * HiveMQ's to finish its writing; idempotent.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (page != null) {
      page.close();
    }
    stop(server, listener);
    release(lock);
  }

  private static void stop(HiveMQServer server, TlsListener listener) {
    try {
      if (server != null) {
        server.stop();
      }
    } catch (RuntimeException e) {
      log.error("HiveMQ did not stop cleanly", e);
    }
    try {
      listener.shut();
    } catch (IOException e) {
      log.warn("the listener's key file could not be deleted: {}", e.toString());
    }
  }

  private static void release(FolderLock lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        log.warn("the lock of the broker's folder could not be released: {}", e.toString());
      }
    }
  }
}
