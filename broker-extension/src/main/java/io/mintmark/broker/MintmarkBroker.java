package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import com.hivemq.HiveMQServer;
import com.hivemq.configuration.ConfigurationBootstrap;
import com.hivemq.configuration.info.SystemInformationImpl;
import com.hivemq.configuration.service.FullConfigurationService;
import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.configuration.service.entity.Listener;
import com.hivemq.configuration.service.entity.Tls;
import com.hivemq.configuration.service.entity.TlsTcpListener;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.extension.sdk.api.ExtensionMain;
import io.mintmark.identity.Printable;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runnable broker: HiveMQ Community Edition in this process, wired with {@link
 * MintmarkExtension}, listening for MQTT over mutual TLS and for nothing else. Thread-safe.
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
  private boolean closed;

  private MintmarkBroker(HiveMQServer server, TlsListener listener, FolderLock lock, int port) {
    this.server = server;
    this.listener = listener;
    this.lock = lock;
    this.port = port;
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
      settings = new ExtensionSettings(config.folder(), config.service(), config.maxStaleness());
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
    requireFree(config);
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
      hiveMq.prepare(config.bindAddress(), config.port(), listener);
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
      TlsTcpListener opening = requireOnly(configuration, config, listener);
      server = new HiveMQServer(system, new MetricRegistry(), configuration, false, false);
      server.bootstrap();
      bootstrapped = true;
      WarmUp warmUp = config.warmUp().isZero()
          ? WarmUp.NONE
          : new PipelineWarmUp(server.getInjector(), opening, config.warmUp());
      server.startInstance(extension.apply(listener, warmUp));
      log.info("MQTT over TLS on {}:{}", config.bindAddress(), opening.getPort());
      return new MintmarkBroker(server, listener, lock, opening.getPort());
    } catch (Exception | LinkageError e) {
      stop(server, listener);
      throw explain(e, config, listener, bootstrapped);
    } finally {
      // HiveMQ's own would end the process on a fault of its choosing.
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /** What HiveMQ will open is our listener, as we wrote it, and nothing beside it. */
  private static TlsTcpListener requireOnly(
      FullConfigurationService configuration, BrokerConfig config, TlsListener listener)
      throws BrokerStartException {
    List<Listener> listeners = configuration.listenerConfiguration().getListeners();
    if (listeners.size() == 1
        && listeners.get(0) instanceof TlsTcpListener only
        && only.getPort() == config.port()
        && only.getBindAddress().equals(config.bindAddress())
        && only.getTls().getClientAuthMode() == Tls.ClientAuthMode.REQUIRED
        && only.getTls().getKeystorePath().equals(listener.keyStore().toString())
        && listener.trustStore().toString().equals(only.getTls().getTruststorePath())) {
      return only;
    }
    throw new BrokerStartException(
        "HiveMQ has not understood the configuration written for it in " + config.folder());
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
      requireFree(config);
    } catch (BrokerStartException e) {
      return e;
    }
    return new BrokerStartException(
        "HiveMQ did not start: " + Printable.of(fault.toString()) + "; the log says more", fault);
  }

  private static void requireFree(BrokerConfig config) throws BrokerStartException {
    if (config.port() < 0 || config.port() > 65_535) {
      throw new BrokerStartException("port " + config.port() + " is not one of 0 to 65535");
    }
    InetSocketAddress address;
    try {
      address = new InetSocketAddress(InetAddress.getByName(config.bindAddress()), config.port());
    } catch (IOException e) {
      throw new BrokerStartException(
          "bind address '" + config.bindAddress() + "' is not known on this machine", e);
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new BrokerStartException(
          "cannot listen on port "
              + config.port()
              + " of "
              + config.bindAddress()
              + ": "
              + e.getMessage()
              + "; stop what uses it, or choose another port",
          e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
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
