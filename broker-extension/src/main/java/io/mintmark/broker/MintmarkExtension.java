package io.mintmark.broker;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.admin.LifecycleStage;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.CredentialStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
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
  private ListenerGate gate;
  private FeedFollower follower;
  private OwnCertificate own;
  private ScheduledExecutorService timer;

  /** For HiveMQ, which finds the settings in the extension's home folder. */
  public MintmarkExtension() {
    this(null, ListenerGate.SOMEBODY_ELSES, Clock.systemUTC());
  }

  /**
   * @param settings null to read them from the extension's home folder
   */
  MintmarkExtension(ExtensionSettings settings, ListenerGate gate, Clock clock) {
    this.settings = settings;
    this.gate = gate;
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
    } catch (IOException | RuntimeException | LinkageError e) {
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
    SessionObserver observer = SessionObserver.all(List.of(new SessionLog()));
    StoredSessions stored = new StoredSessions(clients, later);
    SessionCutter cutter = new SessionCutter(sessions, clients, stored, later, observer);
    ChainCheck chainCheck = new ChainCheck(state.trust(), clock);
    FeedClient client =
        new FeedClient(settings.service(), state.credential(), state.trust().anchors());
    own = new OwnCertificate(
        new CredentialStore(settings.credential()),
        state.credential(),
        state.trust(),
        new OwnRenewal(settings.service(), clock),
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
          if (after.bundle() != null && !after.bundle().equals(before.bundle())) {
            trust(after.bundle(), client, chainCheck);
          }
          cutter.changed(before, after);
          LooseGrants.warn(before, after);
        });
    follower.start();
    // The herd that is waiting for the port should meet today's denials, not those on disk.
    follower.awaitFirstAnswer(FIRST_ANSWER);

    Admission admission =
        new Admission(follower::current, state.trustDomain(), settings.maxStaleness(), clock);
    CertificateAuthenticator authenticator =
        new CertificateAuthenticator(admission, chainCheck, sessions, observer);
    SessionEvents events = new SessionEvents(sessions, observer);
    Services.eventRegistry().setClientLifecycleEventListener(input -> events);
    // HiveMQ passes a provider over in silence unless this class loader has loaded it.
    Services.securityRegistry().setAuthenticatorProvider(input -> authenticator);

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
    log.info(
        "Mintmark admits trust domain {} as {}; feed read to {}",
        state.trustDomain(),
        state.credential().identity(),
        follower.current().sequence());
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

  private void stopWork() {
    if (timer != null) {
      timer.shutdownNow();
    }
    if (own != null) {
      own.close();
    }
    if (follower != null) {
      follower.close();
    }
  }
}
