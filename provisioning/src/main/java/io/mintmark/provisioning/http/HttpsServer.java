package io.mintmark.provisioning.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.mintmark.provisioning.Misbehaviour;
import io.mintmark.provisioning.Operators;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One HTTPS port: HTTP/1.1 over the given TLS, with limits, errors as one line and nothing said
 * about the software behind it. Thread-safe.
 */
final class HttpsServer implements AutoCloseable {

  /** How long a stop waits for requests that are being answered. */
  private static final long STOP_MILLIS = 5_000;

  /** Beyond those that work on requests: for handshakes, connections and answers. */
  private static final int OTHER_THREADS = 16;

  private static final int IDLE_THREADS = 4;
  private static final int THREAD_IDLE_MILLIS = 60_000;

  private final Javalin javalin;
  private final int port;

  private HttpsServer(Javalin javalin) {
    this.javalin = javalin;
    this.port = javalin.port();
  }

  /**
   * What makes one port differ from another.
   *
   * @param name for threads and messages, for example {@code device}
   * @param bindAddress null for all addresses
   * @param port 0 for a free one
   * @param methods the HTTP methods it has routes for
   * @param errors how it words errors
   * @param operators who have to show a token with every request; null if nobody has to
   * @param limits what clients may ask of it
   * @param nanoTime what rates are counted by
   * @param misbehaviour how it answers badly on purpose; null for not at all
   */
  record Options(
      String name,
      String bindAddress,
      int port,
      List<String> methods,
      ErrorFormat errors,
      Operators operators,
      Limits limits,
      LongSupplier nanoTime,
      Misbehaviour misbehaviour) {

    /** Of a port that answers as well as it can. */
    Options(
        String name,
        String bindAddress,
        int port,
        List<String> methods,
        ErrorFormat errors,
        Operators operators,
        Limits limits,
        LongSupplier nanoTime) {
      this(name, bindAddress, port, methods, errors, operators, limits, nanoTime, null);
    }
  }

  /** The threads requests run on. */
  static QueuedThreadPool threads(String name, Limits limits) {
    int most = limits.requests().atOnce() + OTHER_THREADS;
    QueuedThreadPool pool = new QueuedThreadPool(most, IDLE_THREADS, THREAD_IDLE_MILLIS);
    pool.setName("mintmark-" + name);
    pool.setDaemon(true);
    return pool;
  }

  /**
   * Listens, and answers by these routes.
   *
   * @throws StartException naming the port if it cannot be listened on
   */
  static HttpsServer start(
      Options options, ServerTls tls, QueuedThreadPool threads, Consumer<RoutesConfig> routes)
      throws StartException {
    Javalin javalin = Javalin.create(config -> configure(config, options, tls, threads, routes));
    try {
      javalin.start();
    } catch (UncheckedIOException e) {
      throw cannotListen(
          options.bindAddress(),
          options.port(),
          options.name(),
          options.name() + "s",
          e.getCause());
    }
    return new HttpsServer(javalin);
  }

  private static void configure(
      JavalinConfig config,
      Options options,
      ServerTls tls,
      QueuedThreadPool threads,
      Consumer<RoutesConfig> routes) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.prefer405over404 = true;
    config.jetty.threadPool = threads;
    config.jetty.modifyHttpConfiguration(http -> limit(http, options.limits()));
    Scheduler scheduler =
        new ScheduledExecutorScheduler("mintmark-" + options.name() + "-clock", true);
    ConnectionGate gate = new ConnectionGate(
        options.limits(),
        true,
        scheduler,
        options.nanoTime(),
        new CutLog("connections to the " + options.name() + " port cut", options.nanoTime()));
    config.jetty.addConnector(
        (server, http) -> connector(server, http, options, tls, scheduler, gate));
    config.jetty.modifyServer(server -> {
      server.setErrorHandler(new OneLineErrors(options.errors()));
      server.setStopTimeout(STOP_MILLIS);
      server.insertHandler(new GracefulHandler());
      insertGates(server, options, gate);
    });
    config.jetty.modifyServletContextHandler(
        context -> context.setErrorHandler(new OneLineErrors(options.errors())));
    new Answers(options.errors()).register(config);
    routes.accept(config.routes);
  }

  /** From the one nearest to the routes to the one a request meets first. */
  private static void insertGates(Server server, Options options, ConnectionGate gate) {
    Limits limits = options.limits();
    EarlyAnswer early = new EarlyAnswer(
        options.errors(),
        new CutLog("requests to the " + options.name() + " port put off", options.nanoTime()));
    server.insertHandler(new LoadGate(early, limits.requests()));
    if (options.misbehaviour() != null) {
      server.insertHandler(new Misbehaving(options.misbehaviour()));
    }
    if (options.operators() == null) {
      server.insertHandler(new WholeRequest(gate, early, limits.bytes().body()));
    } else {
      // The routes have limits of their own below that, and who has no token sends no body.
      int most = Math.max(limits.bytes().manifest(), FleetRoutes.LONGEST_FLEET);
      server.insertHandler(new WholeRequest(gate, early, most));
      server.insertHandler(
          new OperatorAuthentication(options.operators(), limits, early, options.nanoTime()));
    }
    server.insertHandler(new FrontGate(options.methods()));
    server.insertHandler(
        new AddressRate(gate, early, limits.rates().address(), options.nanoTime()));
    server.insertHandler(new RequestTimes(gate, limits.timeouts().response()));
  }

  private static void limit(HttpConfiguration http, Limits limits) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(limits.bytes().headers());
    // Clients find the service by names of their own (port forwards, addresses); it is they who
    // check the certificate's names, so the Host header is not compared with it.
    http.addCustomizer(new SecureRequestCustomizer(false));
  }

  private static Connector connector(
      Server server,
      HttpConfiguration http,
      Options options,
      ServerTls tls,
      Scheduler scheduler,
      ConnectionGate gate) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector = new GatedConnector(
        server,
        scheduler,
        gate,
        new SslConnectionFactory(tls.factory(), plain.getProtocol()),
        plain);
    connector.setHost(options.bindAddress());
    connector.setPort(options.port());
    connector.setIdleTimeout(options.limits().timeouts().idle().toMillis());
    connector.setReuseAddress(true);
    try {
      // Before anything is started: then there is nothing to stop when the port is taken.
      connector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return connector;
  }

  /** What to say of a port that cannot be had, and whom it is for. */
  static StartException cannotListen(
      String bindAddress, int port, String name, String whom, IOException failure) {
    String where = (bindAddress == null ? "" : bindAddress + ":") + port;
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    // Java has no words for an address that no name server knows.
    String reason = cause.getMessage() == null ? "unknown address" : cause.getMessage();
    return new StartException(
        "cannot listen on port "
            + where
            + " for "
            + whom
            + " ("
            + reason
            + "): stop the process that uses it or choose another port with --"
            + name
            + "-port",
        failure);
  }

  /** The port it listens on. */
  int port() {
    return port;
  }

  /** Lets requests that are being answered finish, for some seconds, and stops listening. */
  @Override
  public void close() {
    javalin.stop();
  }
}
