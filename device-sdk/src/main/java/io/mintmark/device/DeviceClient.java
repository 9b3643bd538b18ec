package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.EstException;
import io.mintmark.identity.Identity;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalInfoClient;
import io.mintmark.identity.RenewalSchedule;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A device on the network: it has an identity of its own, keeps it fresh, and speaks MQTT with it.
 *
 * <pre>{@code
 * try (DeviceClient device = DeviceClient.builder()
 *     .service(URI.create("https://pki.example.org:8443"))
 *     .fleet(new FleetId("sensors"))
 *     .broker("mqtt.example.org", 8883)
 *     .bootstrap(credentialFromTheFactory)
 *     .trust(rootsFromTheFactory)
 *     .folder(Path.of("/var/lib/sensor"))
 *     .build()) {
 *   CompletableFuture<Void> granted =
 *       device.subscribe("commands/sensors/d-1/#", 1, command -> obey(command));
 *   device.start();
 *   granted.get();
 *   device.publish("telemetry/sensors/d-1/temperature", reading, 1).get();
 * }
 * }</pre>
 *
 * <p>Lifecycle: built, started, closed; each once, but a {@link #start} that failed may be repeated.
 * {@link #publish} and {@link #subscribe} work before the start too, and wait for the connection.
 * Subscribe before starting: messages that waited at the broker arrive with the connection, and one
 * without a handler goes to {@link DeviceListener#unhandled}.
 *
 * <p>Delivery: QoS 1 is at least once. A message is kept, in memory, until the broker has
 * acknowledged it, over any number of connections; QoS 0 is sent when there is a connection, and
 * may be lost with it. Order is kept within QoS 1 and within QoS 0 per topic.
 *
 * <p>Threads: thread-safe; no method but {@link #start} and {@link #close} blocks. Connected, a
 * client has two threads, one that reads and one that writes, and a third while it calls handlers
 * or listener; renewals run on a thread of their own while they last, and one timer thread serves
 * all clients of the process. All are daemons. Futures are completed on the client's own threads:
 * what depends on them must not block, or be added with the {@code ...Async} methods.
 */
public final class DeviceClient implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DeviceClient.class.getName());

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private enum State {
    BUILT,
    STARTING,
    STARTED,
    CLOSED
  }

  private final Session session;
  private final Callbacks callbacks;
  private final DeviceTrust trust;
  private final BundleKeeper bundles;
  private final IdentityKeeper keeper;
  private final Connections connections;
  private final Renewals renewals;
  private State state = State.BUILT;

  DeviceClient(DeviceSettings settings, DeviceListener listener, Timers timers) {
    String name = "mintmark-" + settings.threadName();
    callbacks = new Callbacks(name + "-calls", listener);
    session = new Session(settings.queueLimit());
    Incoming incoming = new Incoming(session, callbacks);
    trust = settings.trust();
    bundles = new BundleKeeper(
        trust, settings.est(), settings.clock(), callbacks, this::forgetTlsSessions);
    keeper = new IdentityKeeper(
        settings.folder().credentials(),
        new Enrolment(
            settings.est(),
            trust,
            bundles::offered,
            settings.folder().pendingKey(),
            settings.clock()),
        trust,
        settings.est(),
        settings.clock(),
        callbacks);
    connections = new Connections(
        keeper,
        session,
        callbacks,
        timers,
        settings.reconnect(),
        settings.refused(),
        owner ->
            new Link(settings.mqtt(), settings.clientIdSuffix(), name, session, incoming, owner),
        this::credentialChanged,
        credential -> bundles.doubt(credential.credential()));
    renewals = new Renewals(
        keeper,
        new RenewalAdvice(advice(settings), timers, settings.random(), name),
        new RenewalSchedule(settings.random()),
        settings.refused(),
        timers,
        callbacks,
        name,
        connections::move);
  }

  /** Asks when to renew; whether the roots have changed comes with the answer, or is asked as well. */
  private RenewalAdvice.Source advice(DeviceSettings settings) {
    EstSettings est = settings.est();
    return credential -> {
      RenewalInfoClient service = new RenewalInfoClient(
          est.service(),
          credential.context(),
          settings.clock(),
          est.connectTimeout(),
          est.answerTimeout());
      String bundle = null;
      try {
        Optional<RenewalInfo> answer = service.of(credential.credential().certificate());
        bundle = answer.map(RenewalInfo::bundle).orElse(null);
        return answer;
      } finally {
        checkBundle(credential, bundle);
      }
    };
  }

  /**
   * Shows the certificate of the connection: a new one that is seen ends the one before, and with it
   * a connection that has not moved yet.
   */
  private void checkBundle(TlsCredential credential, String told) {
    try {
      bundles.check(connections.inService().orElse(credential).credential(), told);
    } catch (EstException e) {
      LOG.log(System.Logger.Level.DEBUG, "the roots were not looked at: {0}", e.getMessage());
    }
  }

  /** A builder; {@link DeviceClientBuilder} says what it needs. */
  public static DeviceClientBuilder builder() {
    return new DeviceClientBuilder();
  }

  /**
   * Enrols if there is no valid credential yet, connects, and from then on keeps both up. Returns
   * when connected. When it fails nothing goes on in the background, and it may be called again.
   *
   * @throws DeviceException {@link RefusedException} if service or broker said no, {@link
   *     RetryLaterException} if one of them could not be reached
   * @throws InterruptedException if interrupted; as after a failure
   * @throws IllegalStateException if the client is started or closed
   */
  public void start() throws DeviceException, InterruptedException {
    enter(State.STARTING);
    CompletableFuture<Void> first = new CompletableFuture<>();
    boolean connected = false;
    try {
      connections.open(first);
      first.get();
      connected = true;
    } catch (InterruptedException e) {
      connections.abandon();
      throw e;
    } catch (ExecutionException e) {
      throw (DeviceException) e.getCause();
    } finally {
      leaveStart(connected);
    }
  }

  /**
   * Enrols and connects in the background, for as long as it takes; the listener hears how it goes.
   *
   * @throws IllegalStateException if the client is started or closed
   */
  public synchronized void startInBackground() {
    enter(State.STARTED);
    renewals.open();
    connections.openPersistently();
  }

  /**
   * Publishes a message. Without a connection it waits for one, in its order.
   *
   * @param topic without wildcards
   * @param payload copied
   * @param qos 0 or 1
   * @return done when the broker has acknowledged it (QoS 1) or it was written to the connection
   *     (QoS 0); fails with a {@link DeviceException}: {@link RefusedException} if the topic is not
   *     granted, {@link InvalidRequestException} if the broker cannot take such a message, {@link
   *     RetryLaterException} if too many messages wait or the client was closed
   * @throws IllegalArgumentException if topic or QoS are not valid
   */
  public CompletableFuture<Void> publish(String topic, byte[] payload, int qos) {
    return publish(Message.of(topic, payload).withQos(qos));
  }

  /**
   * Publishes a message, with all that a {@link Message} can have. Without a connection it waits for
   * one, in its order.
   *
   * @return as {@link #publish(String, byte[], int)}; fails with {@link RetryLaterException} also if
   *     it expired before it could be sent
   * @throws IllegalArgumentException if it has no topic
   */
  public CompletableFuture<Void> publish(Message message) {
    Topics.requireName(message.topic());
    return session.publish(new Outgoing(message));
  }

  /**
   * Subscribes to a topic filter, in place of what it had before. The subscription outlives
   * connections and sessions.
   *
   * @param filter may hold the wildcards + and #
   * @param qos 0 or 1: the highest at which messages are delivered
   * @param handler for its messages; where filters overlap, each handler gets the message
   * @return done when the broker has granted it; fails with a {@link DeviceException} if not, and
   *     the subscription is gone then, which {@link DeviceListener#subscriptionRefused} hears too
   * @throws IllegalArgumentException if filter or QoS are not valid
   */
  public CompletableFuture<Void> subscribe(String filter, int qos, MessageHandler handler) {
    Topics.requireFilter(filter);
    Message.requireQos(qos);
    return session.subscribe(
        new Subscription(filter, qos, Objects.requireNonNull(handler, "handler")));
  }

  /**
   * Ends a subscription, or a {@link #reply}, and one of an earlier run that the broker may still
   * have. Its handler is called no more; messages the broker brings before it has obeyed go to {@link
   * DeviceListener#unhandled}.
   *
   * @param filter as it was subscribed
   * @return done when the broker has obeyed or has no session of this device any more; fails with a
   *     {@link DeviceException} if it would not or the client was closed
   * @throws IllegalArgumentException if the filter is not valid
   */
  public CompletableFuture<Void> unsubscribe(String filter) {
    Topics.requireFilter(filter);
    return session.subscribe(Subscription.end(filter));
  }

  /**
   * Renews the credential now, whatever its schedule says, and moves the connection to it.
   *
   * @return done when the connection uses it, or would if there were one; fails with a {@link
   *     DeviceException}, and the schedule goes on
   * @throws IllegalStateException if the client is not started
   */
  public CompletableFuture<Void> renewNow() {
    synchronized (this) {
      if (state != State.STARTED) {
        throw new IllegalStateException("the device client is not started");
      }
    }
    return renewals.renewNow();
  }

  /**
   * Who the device is.
   *
   * @throws IllegalStateException if it has not enrolled yet
   */
  public Identity.Device identity() {
    return current().identity();
  }

  /**
   * The operational credential in use. A secret.
   *
   * @throws IllegalStateException if it has not enrolled yet
   */
  public Credential credential() {
    return current().credential();
  }

  /**
   * The roots that the service's and the broker's certificates have to be by. They follow the
   * service's: {@link DeviceListener#trustReplaced}.
   */
  public List<X509Certificate> trustAnchors() {
    return trust.anchors();
  }

  /** Whether there is a connection the broker has accepted. */
  public boolean isConnected() {
    return connections.isUp();
  }

  /**
   * Gives messages that are on their way up to two seconds, says goodbye to the broker, which keeps
   * the session, and ends all threads; a handler that takes longer than two seconds is interrupted,
   * and a request to the service that is under way may outlast this by its timeout. What is not
   * acknowledged fails with {@link RetryLaterException}. Does nothing the second time.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
    }
    renewals.close();
    try {
      session.drain(CLOSE_PATIENCE);
      connections.close(CLOSE_PATIENCE);
      endSession();
      callbacks.close(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      endSession();
      Thread.currentThread().interrupt();
    }
  }

  private void endSession() {
    session.close(new RetryLaterException(
        "the client was closed before the broker had acknowledged it: ask again on a new one"));
  }

  private TlsCredential current() {
    return keeper
        .current()
        .orElseThrow(() -> new IllegalStateException(
            "the device has no operational credential yet: start the client first"));
  }

  private void forgetTlsSessions() {
    keeper.current().ifPresent(TlsCredential::forgetSessions);
  }

  private void credentialChanged() {
    renewals.credentialChanged();
  }

  private synchronized void enter(State next) {
    if (state != State.BUILT) {
      throw new IllegalStateException("the device client is "
          + (state == State.CLOSED ? "closed: build a new one" : "started already"));
    }
    state = next;
  }

  private synchronized void leaveStart(boolean connected) {
    if (state == State.STARTING && connected) {
      state = State.STARTED;
      renewals.open();
    } else if (state == State.STARTING) {
      state = State.BUILT;
    }
  }
}
