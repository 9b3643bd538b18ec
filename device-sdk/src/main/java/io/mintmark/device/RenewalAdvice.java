package io.mintmark.device;

import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalWindow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Asks the service now and then when it would like the current certificate renewed (RFC 9773). A
 * service that cannot be reached or knows nothing of it is asked again later; until it answers the
 * device keeps its own schedule. The question runs on a thread of its own, which exists only that
 * long. Thread-safe.
 */
final class RenewalAdvice implements Renewals.Advisor {

  /** Who is asked. */
  @FunctionalInterface
  interface Source {
    /** Empty if it knows nothing of the certificate. */
    Optional<RenewalInfo> of(TlsCredential credential) throws IOException;
  }

  private static final System.Logger LOG = System.getLogger(RenewalAdvice.class.getName());

  /** Devices that come up together do not ask together. */
  private static final Duration LONGEST_FIRST_WAIT = Duration.ofHours(1);

  private static final int FIRST_WAIT_SHARE = 10;
  private static final int WAIT_SHARE = 4;
  private static final Duration SHORTEST_WAIT = Duration.ofMinutes(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(6);
  private static final double JITTER = 0.1;

  private final Source source;
  private final Timers timers;
  private final RandomGenerator random;
  private final String name;
  private Future<?> timer;
  private TlsCredential followed;
  private Consumer<RenewalWindow> told;
  private RenewalWindow last;
  private Thread asking;

  RenewalAdvice(Source source, Timers timers, RandomGenerator random, String name) {
    this.source = source;
    this.timers = timers;
    this.random = random;
    this.name = name;
  }

  @Override
  public synchronized void follow(TlsCredential credential, Consumer<RenewalWindow> advised) {
    stop();
    followed = credential;
    told = advised;
    last = null;
    Duration share = credential.lifetime().lifetime().dividedBy(FIRST_WAIT_SHARE);
    askIn(scaled(shorter(share, LONGEST_FIRST_WAIT), random.nextDouble()));
  }

  @Override
  public synchronized void stop() {
    followed = null;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  public void awaitEnd(Duration patience) throws InterruptedException {
    Thread thread;
    synchronized (this) {
      thread = asking;
    }
    if (thread != null && thread != Thread.currentThread()) {
      TimeUnit.NANOSECONDS.timedJoin(thread, patience.toNanos());
    }
  }

  private void askIn(Duration wait) {
    sleepUntil(timers.now().plus(wait), followed);
  }

  private void sleepUntil(Instant due, TlsCredential about) {
    timer = timers.in(timers.until(due), () -> awake(due, about));
  }

  private synchronized void awake(Instant due, TlsCredential about) {
    if (!about.equals(followed)) {
      return;
    }
    if (timers.now().isBefore(due)) {
      sleepUntil(due, about);
      return;
    }
    Thread thread = new Thread(() -> ask(about), name + "-advice");
    thread.setDaemon(true);
    asking = thread;
    thread.start();
  }

  private void ask(TlsCredential about) {
    Optional<RenewalInfo> answer = Optional.empty();
    try {
      answer = source.of(about);
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "no renewal information: {0}", e.getMessage());
    }
    Consumer<RenewalWindow> tell = answered(about, answer);
    if (tell != null) {
      tell.accept(answer.orElseThrow().window());
    }
  }

  /** Plans the next question; whom to tell if there is something new, else null. */
  private synchronized Consumer<RenewalWindow> answered(
      TlsCredential about, Optional<RenewalInfo> answer) {
    if (!about.equals(followed)) {
      return null;
    }
    Duration wait = answer.map(RenewalInfo::retryAfter).orElseGet(() -> wait(about));
    askIn(wait.plus(scaled(wait, JITTER * random.nextDouble())));
    RenewalWindow window = answer.map(RenewalInfo::window).orElse(null);
    // Each time anew a random moment would be chosen in the same window.
    if (window == null || window.equals(last)) {
      return null;
    }
    last = window;
    return told;
  }

  private static Duration wait(TlsCredential about) {
    Duration share = about.lifetime().lifetime().dividedBy(WAIT_SHARE);
    return share.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : shorter(share, LONGEST_WAIT);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }
}
