package io.mintmark.broker;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.admin.LifecycleStage;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.CredentialStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HiveMQ extension. It starts completely or not at all: on any fault it tells HiveMQ so, which a
 * HiveMQ installation answers by letting nobody in, and the runnable broker by not opening its port.
 */
public final class MintmarkExtension implements ExtensionMain {

  private static final Logger log = LoggerFactory.getLogger(MintmarkExtension.class);

  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);

  private static final long LISTENING_CHECK_MILLIS = 500;

  private final ExtensionSettings settings;
  private final Clock clock;
  private final WarmUp warmUp;
  private ListenerGate gate;
  private FeedFollower follower;
  private SessionReporter reporter;
  private OwnCertificate own;
  private BrokerMetrics metrics;
  private Door door;
  private Dismissal dismissal;
  private ScheduledExecutorService timer;

  /** For HiveMQ, which finds the settings in the extension's home folder. */
  public MintmarkExtension() {
    this(null, ListenerGate.SOMEBODY_ELSES, Clock.systemUTC());
  }

  /** Without a warm-up. */
  MintmarkExtension(ExtensionSettings settings, ListenerGate gate, Clock clock) {
    this(settings, gate, WarmUp.NONE, clock);
  }

  /**
   * @param settings null to read them from the extension's home folder
   */
  MintmarkExtension(ExtensionSettings settings, ListenerGate gate, WarmUp warmUp, Clock clock) {
    this.settings = settings;
    this.gate = gate;
    this.warmUp = warmUp;
    this.clock = clock;
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    try {
      Path home = input.getExtensionInformation().getExtensionHomeFolder().toPath();
      start(settings == null ? ExtensionSettings.read(home) : settings);
    } catch (StartRefusedException e) {
      refuse(output, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(output, "interrupted while starting");
    } catch (IOException | RuntimeException | Error e) {
      log.error("the Mintmark extension cannot start", e);
      refuse(output, "unexpected " + e);
    }
  }

  private void refuse(ExtensionStartOutput output, String why) {
    stopWork();
    gate.refused(why);
    log.error("NOBODY CAN CONNECT: the Mintmark extension does not start: {}", why);
    output.preventExtensionStartup(why);
  }

  private void start(ExtensionSettings settings)
      throws StartRefusedException, InterruptedException, IOException {
    BrokerState state = BrokerState.load(settings, clock);
    if (settings.listenerPassphraseFile() != null) {
      gate = new TlsListener(settings.folder(), settings.listenerPassphrase());
    }
    LiveSessions sessions = new LiveSessions();
    ClientService clients = Services.clientService();
    Later later = new Later(Services.extensionExecutorService());
    metrics = new BrokerMetrics(Services.metricRegistry());
    FeedClient client =
        new FeedClient(settings.service(), state.credential(), state.trust().anchors());
    reporter = new SessionReporter(sessions, client::report);
    SessionObserver observer = SessionObserver.all(List.of(new SessionLog(), metrics, reporter));
    StoredSessions stored = new StoredSessions(clients, later);
    SessionCutter cutter = new SessionCutter(sessions, clients, stored, later, observer);
    LivePolicy livePolicy = new LivePolicy(
        sessions,
        new SubscriptionPruning(
            sessions, Services.subscriptionStore(), later, Builders::topicSubscription),
        () -> follower.current(),
        (session, objection) -> cutter.cut(List.of(session), objection.refusal()),
        Builders::topicPermission);
    ChainCheck chainCheck = new ChainCheck(state.trust(), clock);
    own = new OwnCertificate(
        new CredentialStore(settings.credential()),
        state.credential(),
        state.trust(),
        new OwnEst(settings.service(), clock),
        new SecureRandom(),
        clock,
        next -> {
          client.use(next);
          gate.show(next);
        });
    if (state.snapshot().bundle() != null) {
      own.issuing(state.snapshot().bundle().issuing());
    }
    follower = new FeedFollower(
        client, new SnapshotFile(settings.snapshot()), state, clock, (before, after) -> {
          try {
            if (after.bundle() != null && !after.bundle().equals(before.bundle())) {
              trust(after.bundle(), client, chainCheck);
            }
          } finally {
            cutter.changed(before, after);
          }
          livePolicy.changed(before, after);
        });
    follower.start();
    show(sessions);
    warmUp.run(state.trustDomain(), clock);
    // The herd that is waiting for the port should meet today's denials, not those on disk.
    follower.awaitFirstAnswer(FIRST_ANSWER);

    Admission admission =
        new Admission(follower::current, state.trustDomain(), settings.maxStaleness(), clock);
    CertificateAuthenticator authenticator = new CertificateAuthenticator(
        new ConnectGate(settings.rates(), System::nanoTime),
        admission,
        chainCheck,
        sessions,
        observer);
    door = new Door(authenticator, observer);
    dismissal = new Dismissal(sessions, clients, observer);
    Uninvited uninvited = new Uninvited(clients, later, observer);
    SessionEvents events = new SessionEvents(sessions, observer);
    Services.eventRegistry().setClientLifecycleEventListener(input -> events);
    // HiveMQ passes a provider over in silence unless this class loader has loaded it.
    Services.securityRegistry().setAuthenticatorProvider(input -> door);
    Services.initializerRegistry().setClientInitializer((input, context) -> {
      uninvited.initialize(input, context);
      livePolicy.initialize(input, context);
    });

    timer = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "mintmark-session-clock");
      thread.setDaemon(true);
      return thread;
    });
    Later ours = new Later(timer);
    SessionClock sessionClock =
        new SessionClock(sessions, cutter, follower, settings.maxSessionStaleness(), clock, ours);

    gate.open(state.credential(), state.trust().anchors());
    tellWhenListening(later);
    stored.sweepLater(follower::current, ours);
    sessionClock.start();
    own.start();
    reporter.start();
    door.open();
    log.info(
        "Mintmark admits trust domain {} as {}; feed read to {}",
        state.trustDomain(),
        state.credential().identity(),
        follower.current().sequence());
  }

  /** The figures that are looked at only when somebody asks. */
  private void show(LiveSessions sessions) {
    metrics.gauge("sessions.live", sessions::count);
    metrics.gauge("reports.waiting", reporter::waiting);
    metrics.gauge("feed.sequence", () -> follower.current().sequence());
    metrics.gauge("feed.lag-seconds", () -> secondsSince(follower.current().heardAt()));
    metrics.gauge("snapshot.age-seconds", () -> secondsSince(follower.savedHeardAt()));
    metrics.gauge(
        "certificate.remaining-seconds",
        () -> Duration.between(clock.instant(), own.notAfter()).toSeconds());
  }

  private Long secondsSince(Instant then) {
    return then == null ? null : Duration.between(then, clock.instant()).toSeconds();
  }

  private void tellWhenListening(Later later) {
    later.run(LISTENING_CHECK_MILLIS, () -> {
      if (Services.adminService().getCurrentStage() != LifecycleStage.STARTED_SUCCESSFULLY) {
        tellWhenListening(later);
        return;
      }
      try {
        gate.listening();
      } catch (IOException e) {
        log.error("the listener's files could not be replaced; it goes by those before", e);
      }
    });
  }

  private void trust(Bundle bundle, FeedClient client, ChainCheck chainCheck) {
    Trust trust = Trust.of(bundle);
    List<X509Certificate> anchors = trust.anchors();
    log.info(
        "the feed names {} roots, {} CAs are withdrawn",
        anchors.size(),
        trust.withdrawn().size());
    chainCheck.trust(trust);
    client.trust(anchors);
    own.trust(trust);
    own.issuing(bundle.issuing());
    try {
      gate.trust(anchors);
    } catch (IOException e) {
      log.error("the listener's trust store could not be replaced; it trusts the one before", e);
    }
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
    stopWork();
  }

  /** Without the feed nobody would be told from one who was revoked: nobody comes in, or stays. */
  private void stopWork() {
    if (door != null) {
      door.shut();
    }
    if (timer != null) {
      timer.shutdownNow();
    }
    if (own != null) {
      own.close();
    }
    if (reporter != null) {
      reporter.close();
    }
    if (follower != null) {
      follower.close();
    }
    if (dismissal != null) {
      dismissal.run();
    }
    if (metrics != null) {
      metrics.close();
    }
  }
}
