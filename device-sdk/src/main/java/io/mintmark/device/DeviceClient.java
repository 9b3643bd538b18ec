package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
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
 *       device.reply("commands/sensors/d-1/#", 1, command -> Message.answer(obey(command)));
 *   device.start();
 *   granted.get();
 *   device.publish("telemetry/sensors/d-1/temperature", reading, 1).get();
 * }
 * }</pre>
 *
 * <p>Lifecycle: built, started, closed; each once, but a {@link #start} that failed or was
 * interrupted may be repeated. {@link #publish}, {@link #subscribe}, {@link #reply} and {@link
 * #request} work before the start too, and wait for the connection. Subscribe before starting:
 * messages that waited at the broker arrive with the connection, and one without a handler goes to
 * {@link DeviceListener#unhandled}. After the close whatever is asked for fails with a {@link
 * RetryLaterException} of {@link Origin#CLOSED}; what is known, as {@link #identity}, stays.
 *
 * <p>Delivery: QoS 1 is at least once. A message is kept in the {@link OfflineBuffer} until the
 * broker has acknowledged it, over any number of connections and, if that is on disk, of restarts;
 * QoS 0 is sent when there is a connection, and may be lost with it. Order is kept within QoS 1 and
 * within QoS 0 per topic. QoS 2 is not supported.
 *
 * <p>Threads: thread-safe; no method but {@link #start} and {@link #close} blocks, and every one may
 * be called from handlers, listener and futures. Connected, a client has two threads, one that reads
 * and one that writes, and a third while it calls handlers or listener; renewals run on a thread of
 * their own while they last, and one timer thread serves all clients of the process. All are
 * daemons, and gone when {@link #close} returns, unless one waits for a name to be looked up or for
 * the application. Futures are completed on the client's own threads (timeouts on the JDK's common
 * pool): what depends on them must not block, or be added with the {@code ...Async} methods.
 *
 * <p>Parameters are never null.
 */
public final class DeviceClient implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DeviceClient.class.getName());

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

  private enum State {
    BUILT,
    STARTING,
    STARTED,
    CLOSED
  }

  /** One of the things to do at the end. */
  @FunctionalInterface
  private interface Step {
    void within(Duration patience) throws InterruptedException;
  }

  private final Session session;
  private final Callbacks callbacks;
  private final BufferKeeper buffer;
  private final boolean stores;
  private final Requests requests;
  private final Replies replies;
  private final ServiceSockets service;
  private final DeviceTrust trust;
  private final ServiceTime time;
  private final BundleKeeper bundles;
  private final IdentityKeeper keeper;
  private final Connections connections;
  private final Renewals renewals;
  private State state = State.BUILT;

  DeviceClient(DeviceSettings settings, DeviceListener listener, Timers timers) {
    String name = "mintmark-" + settings.threadName();
    callbacks = new Callbacks(name + "-calls", listener);
    OfflineBuffer bounds = settings.buffer();
    stores = bounds.onDisk();
    buffer = new BufferKeeper(callbacks, timers, bounds.syncWithin(), name + "-disk");
    session = new Session(settings.backlog(), bounds.whenFull(), buffer);
    buffer.lookAfter(session);
    requests = new Requests(
        session, timers, settings.requests().openRequests(), () -> responseTopic(settings));
    replies = new Replies(session, callbacks, settings.requests().answersTo());
    Incoming incoming = new Incoming(session, callbacks, requests::takes);
    trust = settings.trust();
    service = settings.est().sockets();
    time = new ServiceTime(settings.clock(), trust, settings.est(), callbacks);
    bundles = new BundleKeeper(trust, settings.est(), time, callbacks, this::forgetTlsSessions);
    keeper = new IdentityKeeper(
        settings.folder().credentials(),
        new Enrolment(
            settings.est(), trust, bundles::offered, settings.folder().pendingKey(), time),
        trust,
        settings.est(),
        time,
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

  private Optional<String> responseTopic(DeviceSettings settings) {
    DeviceId device = keeper
        .current()
        .map(credential -> credential.identity().device())
        .orElse(settings.est().device());
    return device == null && settings.requests().needsDevice()
        ? Optional.empty()
        : Optional.of(settings.requests().responseTopic(settings.est().fleet(), device));
  }

  /** Asks when to renew; whether the roots have changed comes with the answer, or is asked as well. */
  private RenewalAdvice.Source advice(DeviceSettings settings) {
    EstSettings est = settings.est();
    return credential -> {
      RenewalInfoClient asked = new RenewalInfoClient(
          est.service(),
          est.sockets().over(credential.context()),
          settings.clock(),
          est.connectTimeout(),
          est.answerTimeout(),
          time);
      String bundle = null;
      try {
        Optional<RenewalInfo> answer = asked.of(credential.credential().certificate());
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
   * @throws RefusedException if service or broker said no
   * @throws RetryLaterException if one of them could not be reached, asked to come later, or the
   *     client was closed meanwhile
   * @throws DeviceException one of these two
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
      service.abort();
      connections.abandon(CLOSE_PATIENCE);
      throw e;
    } catch (ExecutionException e) {
      throw (DeviceException) e.getCause();
    } finally {
      leaveStart(connected);
    }
  }

  /**
   * Enrols if there is no valid credential yet, stores it and does not connect: what a factory's last
   * step or an installer does. May be repeated; {@link #start} comes after it.
   *
   * @throws RefusedException if the service said no
   * @throws RetryLaterException if it could not be reached or asked to come later
   * @throws DeviceException one of these two
   * @throws IllegalStateException if the client is started or closed
   */
  public void enrol() throws DeviceException {
    enter(State.STARTING);
    try {
      keeper.valid();
    } finally {
      leaveStart(false);
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
   *     RetryLaterException} if the offline buffer is full or the client was closed, {@link
   *     StoredException} if the message is stored and nobody will tell when it is through
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
   * @throws IllegalArgumentException if it has no topic, or came from another client and holds a
   *     text with control characters
   */
  public CompletableFuture<Void> publish(Message message) {
    return session.publish(new Outgoing(message));
  }

  /**
   * Brings what was published before to the disk, past any power cut.
   *
   * @return done when it is there, or nobody waits for it any more; fails with a {@link
   *     DeviceException}: {@link InvalidRequestException} if the offline buffer is in memory, {@link
   *     RetryLaterException} if the disk does not work or the client was closed
   */
  public CompletableFuture<Void> stored() {
    return stores
        ? buffer.sync()
        : CompletableFuture.failedFuture(new InvalidRequestException(
            "the offline buffer is in memory: build the client with OfflineBuffer.disk(...)"));
  }

  /** How the offline buffer stands. */
  public BufferState buffer() {
    return session.state();
  }

  /**
   * Subscribes to a topic filter, in place of what it had before. The subscription outlives
   * connections and sessions.
   *
   * @param filter may hold the wildcards + and #
   * @param qos 0 or 1: the highest at which messages are delivered
   * @param handler for its messages; where filters overlap, each handler gets the message
   * @return done when the broker has granted it, or what took its place; fails with a {@link
   *     DeviceException} if not, and the subscription is gone then, which {@link
   *     DeviceListener#subscriptionRefused} hears too: {@link RefusedException} if it is not
   *     granted, {@link InvalidRequestException} if the broker takes no such filter, {@link
   *     RetryLaterException} if the client was closed
   * @throws IllegalArgumentException if filter or QoS are not valid
   */
  public CompletableFuture<Void> subscribe(String filter, int qos, MessageHandler handler) {
    Topics.requireFilter(filter);
    Message.requireQos(qos);
    return session.subscribe(
        new Subscription(filter, qos, Objects.requireNonNull(handler, "handler")));
  }

  /**
   * Answers the requests on a topic filter: what the handler returns goes to the response topic that
   * the request names, with its correlation data (MQTT 5, section 4.10). A subscription like any
   * other, in place of what the filter had, and ended by {@link #unsubscribe}.
   *
   * <p>If the handler throws, an error is answered that tells nothing of the exception, and {@link
   * DeviceListener#handlerFailed} hears of it. A request is not handed on if it names a response
   * topic that {@link DeviceClientBuilder#answersTo} does not cover, one that is none, or one the
   * broker did not take an answer on during the last ten minutes: {@link
   * DeviceListener#replyFailed} hears why, and also if an answer does not get through. At QoS 1 a
   * request may come twice if a connection, or the device, goes down meanwhile.
   *
   * @param filter as for {@link #subscribe}
   * @param qos as for {@link #subscribe}: the highest at which requests are delivered. An answer has
   *     its own, 1 unless {@link Message#withQos} says otherwise; the one who asked gets it at that
   *     of its subscription, if that is lower
   * @return as {@link #subscribe}
   * @throws IllegalArgumentException if filter or QoS are not valid
   */
  public CompletableFuture<Void> reply(String filter, int qos, ReplyHandler handler) {
    return subscribe(filter, qos, replies.by(Objects.requireNonNull(handler, "handler")));
  }

  /**
   * As {@link #reply}, with answers that come when they are ready.
   *
   * @return as {@link #subscribe}
   * @throws IllegalArgumentException if filter or QoS are not valid
   */
  public CompletableFuture<Void> replyAsync(String filter, int qos, AsyncReplyHandler handler) {
    return subscribe(filter, qos, replies.by(Objects.requireNonNull(handler, "handler")));
  }

  /**
   * Asks somebody, at QoS 1; {@link #request(Message, Duration)}.
   *
   * @param topic without wildcards
   * @param payload copied
   * @param timeout from now, 1 ms to 1 day
   */
  public CompletableFuture<Message> request(String topic, byte[] payload, Duration timeout) {
    return request(Message.of(topic, payload), timeout);
  }

  /**
   * Asks somebody: publishes the message with a response topic and correlation data that is used for
   * no other, and gives back the answer that carries it (MQTT 5, section 4.10). The first request
   * subscribes to the response topic, {@link DeviceClientBuilder#responseTopic}, which the fleet has
   * to grant. If the request has no expiry it gets the timeout as one, so that nobody obeys it after
   * the device has given up; of a timeout below a second it gets none.
   *
   * @param request its response topic and correlation data are replaced
   * @param timeout from now, 1 ms to 1 day; waiting for a connection counts
   * @return the answer. Fails with {@link RefusedException} if topic or response topic are not
   *     granted, or the answer is an {@linkplain Message#error error}; with {@link
   *     RetryLaterException} if there is no answer in time, too many requests are open, or for the
   *     reasons of {@link #publish(Message)}. An answer after that is dropped and {@linkplain
   *     #lateAnswers counted}; so it is when the future is cancelled
   * @throws IllegalArgumentException if message or timeout are not valid
   */
  public CompletableFuture<Message> request(Message request, Duration timeout) {
    request.requireSendable();
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "timeout of " + timeout + ": use " + SHORTEST_TIMEOUT + " to " + LONGEST_TIMEOUT);
    }
    return requests.ask(request, timeout);
  }

  /** How many answers came to nobody: after the timeout, twice, or to an earlier process's request. */
  public long lateAnswers() {
    return requests.late();
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
   * the session, cuts requests to the service, and ends all threads; a handler that takes longer
   * than two seconds is interrupted. What is not acknowledged fails with {@link
   * RetryLaterException}; what is stored stays for the next start, and its futures fail with {@link
   * StoredException}. May be called at any time and from any thread; from one of the client's own it
   * does not wait for that. If interrupted it closes without waiting, and stays interrupted. Does
   * nothing the second time.
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
    DeviceException reason = DeviceException.from(
        Origin.CLOSED,
        new RetryLaterException(
            "the client was closed before this was through: ask again on a new one"));
    // On the thread that would bring the acknowledgements there is nothing to wait for.
    boolean interrupted = waitsWith(session::drain, patience(connections.isCurrentThread()));
    service.close();
    interrupted |= waitsWith(connections::close, patience(interrupted));
    interrupted |= waitsWith(renewals::awaitEnd, patience(interrupted));
    interrupted |= waitsWith(buffer::close, patience(interrupted));
    session.close(reason);
    requests.close(reason);
    interrupted |= waitsWith(callbacks::close, patience(interrupted));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration patience(boolean hurry) {
    return hurry ? Duration.ZERO : CLOSE_PATIENCE;
  }

  /** Takes a step; an interrupt ends the waiting, but not what is to be done. True if there was one. */
  private static boolean waitsWith(Step step, Duration patience) {
    try {
      step.within(patience);
      return false;
    } catch (InterruptedException e) {
      waitsWith(step, Duration.ZERO);
      return true;
    }
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
