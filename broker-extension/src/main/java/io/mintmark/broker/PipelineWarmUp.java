package io.mintmark.broker;

import com.google.inject.Injector;
import com.hivemq.bootstrap.netty.ChannelDependencies;
import com.hivemq.bootstrap.netty.NettyConfiguration;
import com.hivemq.bootstrap.netty.initializer.TlsTcpChannelInitializer;
import com.hivemq.configuration.service.entity.Tls;
import com.hivemq.configuration.service.entity.TlsTcpListener;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.security.ssl.SslFactory;
import io.mintmark.identity.Credential;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.Rate;
import io.mintmark.identity.TrustDomain;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warms up by connecting: clients of this process go through HiveMQ's own handlers, TLS and our
 * rules, over channels in memory. It is no way in: there is no port and nothing on the network, the
 * handlers trust a root that was made for this and whose keys nobody else has, and who was admitted
 * by its rules is gone before others are admitted by the real ones.
 *
 * <p>The clients have names nobody else has and clean sessions, so that they touch nobody's.
 */
final class PipelineWarmUp implements WarmUp {

  private static final Logger log = LoggerFactory.getLogger(PipelineWarmUp.class);

  private static final int AT_A_TIME = 8;
  private static final long LEAVING_SECONDS = 5;

  /** Whoever starts a broker waits for its port: after that long practice makes nothing better. */
  private static final Duration OLDEST_PROCESS = Duration.ofSeconds(9);

  private static final Duration AT_LEAST = Duration.ofSeconds(1);
  private static final String FLEET = "warm-up";
  private static final char[] NO_PASSPHRASE = {};
  private static final String POLICY = """
      {"feedId": "warm-up", "trustDomain": "%s", "head": 1, "entries": [{"sequence": 1, "fleet":
        {"fleet": "%s", "clientId": "${device}", "topics":
          {"publish": ["telemetry/${fleet}/${device}/#"],
           "subscribe": ["commands/${fleet}/${device}/#"]}, "removed": false}}]}
      """;

  private final Injector hiveMq;
  private final TlsTcpListener listener;
  private final Duration longest;

  /**
   * @param hiveMq bootstrapped
   * @param listener what is to be warm; it is not opened
   * @param longest when to stop, warm or not
   */
  PipelineWarmUp(Injector hiveMq, TlsTcpListener listener, Duration longest) {
    this.hiveMq = hiveMq;
    this.listener = listener;
    this.longest = longest;
  }

  @Override
  public void run(TrustDomain trustDomain, Clock clock) throws InterruptedException {
    try {
      new Run(trustDomain, clock).run();
    } catch (IOException | GeneralSecurityException | RuntimeException | LinkageError e) {
      log.warn("not warmed up, the first connections will be slow", e);
    }
  }

  private final class Run {
    private final TrustDomain trustDomain;
    private final WarmUpAuthority authority;
    private final TrustManager trust;
    private final LocalAddress address = new LocalAddress(PipelineWarmUp.class);
    private final LiveSessions sessions = new LiveSessions();
    private final Semaphore places = new Semaphore(AT_A_TIME);
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Run(TrustDomain trustDomain, Clock clock) throws IOException {
      this.trustDomain = trustDomain;
      this.authority = new WarmUpAuthority(clock.instant());
      this.trust = Credential.trustManager(List.of(authority.root()));
      SessionObserver nobody = SessionObserver.all(List.of());
      FeedSnapshot policy = FeedSnapshot.NONE.with(
          FeedJson.MAPPER.readValue(POLICY.formatted(trustDomain, FLEET), FeedPage.class),
          clock.instant());
      CertificateAuthenticator authenticator = new CertificateAuthenticator(
          new ConnectGate(new ConnectRates(Rate.UNLIMITED, Rate.UNLIMITED), System::nanoTime),
          new Admission(() -> policy, trustDomain, longest.plusMinutes(1), clock),
          new ChainCheck(Trust.of(List.of(authority.root())), clock),
          sessions,
          nobody);
      SessionEvents events = new SessionEvents(sessions, nobody);
      Services.eventRegistry().setClientLifecycleEventListener(input -> events);
      Services.securityRegistry().setAuthenticatorProvider(input -> authenticator);
      Later later = new Later(Services.extensionExecutorService());
      LivePolicy livePolicy = new LivePolicy(
          sessions,
          new SubscriptionPruning(
              sessions, Services.subscriptionStore(), later, Builders::topicSubscription),
          () -> policy,
          (session, objection) -> log.warn("a client of the warm-up is ended", objection),
          Builders::topicPermission);
      Services.initializerRegistry().setClientInitializer(livePolicy);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Of a future that is there already.
    void run() throws GeneralSecurityException, IOException, InterruptedException {
      NettyConfiguration netty = hiveMq.getInstance(NettyConfiguration.class);
      SslContext tls = serverTls();
      Channel server = new ServerBootstrap()
          .group(netty.getParentEventLoopGroup(), netty.getChildEventLoopGroup())
          .channel(LocalServerChannel.class)
          .childHandler(new TlsTcpChannelInitializer(
              hiveMq.getInstance(ChannelDependencies.class), listener, new OwnTls(tls)))
          .bind(address)
          .sync()
          .channel();
      long start = System.nanoTime();
      try {
        connectUntil(start + time().toNanos(), netty);
      } finally {
        // All have left: none is admitted by these rules once others are in force.
        if (!places.tryAcquire(AT_A_TIME, LEAVING_SECONDS, TimeUnit.SECONDS)) {
          log.warn("a client of the warm-up does not leave");
        }
        server.close().sync();
      }
      log.info(
          "warmed up with {} connections in {} ms",
          admitted.get(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    /** Shorter in a process that took long to come this far, as on a slow machine. */
    private Duration time() {
      Duration age = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
      Duration left = OLDEST_PROCESS.minus(age);
      Duration shorter = left.compareTo(longest) < 0 ? left : longest;
      Duration least = AT_LEAST.compareTo(longest) < 0 ? AT_LEAST : longest;
      return shorter.compareTo(least) < 0 ? least : shorter;
    }

    private void connectUntil(long end, NettyConfiguration netty) throws InterruptedException {
      Bootstrap client =
          new Bootstrap().group(netty.getChildEventLoopGroup()).channel(LocalChannel.class);
      Pace pace = new Pace(System.nanoTime());
      while (refused.get() == 0
          && System.nanoTime() < end
          && places.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        connect(client);
        if (pace.isSteady(System.nanoTime(), admitted.get())) {
          return;
        }
      }
      if (refused.get() > 0) {
        log.warn("a client of the warm-up was not admitted, so it ends here");
      }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The listener is told.
    private void connect(Bootstrap client) {
      String name = "warm-up-" + UUID.randomUUID();
      String identity = "spiffe://" + trustDomain + "/fleet/" + FLEET + "/device/" + name;
      SSLEngine engine = authority.client(name, identity).tlsContext(trust).createSSLEngine();
      engine.setUseClientMode(true);
      client
          .clone()
          .handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
              channel
                  .pipeline()
                  .addLast(new SslHandler(engine))
                  .addLast(new WarmUpClient(name, Run.this::ended));
            }
          })
          .connect(address)
          .addListener(connected -> {
            if (!connected.isSuccess()) {
              ended(false);
            }
          });
    }

    private void ended(boolean wasAdmitted) {
      (wasAdmitted ? admitted : refused).incrementAndGet();
      places.release();
    }

    /** As that of the listeners, but not from files. */
    private SslContext serverTls() throws GeneralSecurityException, IOException {
      Credential credential = authority.server();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "warm-up",
          credential.key(),
          NO_PASSPHRASE,
          credential.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSPHRASE);
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      roots.setCertificateEntry("warm-up", authority.root());
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(roots);
      return ListenerTls.builder(keys, trusted).build();
    }
  }

  /** Gives the listener's channels a TLS of its own, instead of that of the files. */
  private static final class OwnTls extends SslFactory {
    private final SslContext own;

    OwnTls(SslContext own) {
      super(null);
      this.own = own;
    }

    @Override
    public SslContext getSslContext(Tls tls) {
      return own;
    }
  }

  /** Whether connecting still gets faster, seen once in a while. Not thread-safe. */
  private static final class Pace {
    private static final long WINDOW_NANOS = Duration.ofMillis(500).toNanos();
    private static final long FEWEST = 5_000;
    private static final double FASTER = 1.05;

    private long since;
    private long before;
    private double best;
    private int steady;

    Pace(long nanos) {
      this.since = nanos;
    }

    boolean isSteady(long nanos, long count) {
      if (nanos - since < WINDOW_NANOS) {
        return false;
      }
      double rate = (double) (count - before) / (nanos - since);
      steady = rate > best * FASTER ? 0 : steady + 1;
      best = Math.max(best, rate);
      since = nanos;
      before = count;
      return count >= FEWEST && steady >= 2;
    }
  }
}
