package io.mintmark.broker;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalSchedule;
import io.mintmark.identity.RenewalWindow;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the broker's own certificate renewed in time: when the service wishes it or, without a wish, at
 * two thirds of its life; and soon after another CA issues. What failed is tried again, ever more
 * often towards the end, and the certificate there is stays in use until the next is stored.
 * Thread-safe.
 */
final class OwnCertificate implements AutoCloseable {

  /** Takes a new credential into use: existing connections stay as they are. */
  @FunctionalInterface
  interface Use {
    void use(Credential next) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(OwnCertificate.class);

  private static final Duration ASKED_AGAIN_AFTER_A_FAILURE = Duration.ofMinutes(10);
  private static final Duration ASKED_AGAIN_WITHOUT_AN_ANSWER = Duration.ofHours(6);

  /** Often, because clocks are set and machines sleep; a look costs nothing. */
  private static final long LOOK_MILLIS = 250;

  /** The feed tells of the CA an instant before it is at work. */
  private static final Duration FIRST_MOVE = Duration.ofMillis(300);

  private final CredentialStore store;
  private final OwnEst service;
  private final RenewalSchedule schedule;
  private final RandomGenerator random;
  private final Clock clock;
  private final Use use;
  private final ScheduledExecutorService timer;

  private volatile Trust trust;
  private volatile String issuing;

  /** Changed by the timer's thread alone. */
  private volatile Credential current;

  // The rest is the timer's thread's.
  private boolean inUse = true;
  private Instant due;
  private Instant askAt;
  private RenewalWindow wish;
  private int failures;
  private String movingTo;
  private Instant moveAt;
  private int moves;
  private String lastFault;

  /**
   * @param current the one in use
   * @param random where the jitter comes from
   */
  OwnCertificate(
      CredentialStore store,
      Credential current,
      Trust trust,
      OwnEst service,
      RandomGenerator random,
      Clock clock,
      Use use) {
    this.store = store;
    this.current = current;
    this.trust = trust;
    this.service = service;
    this.schedule = new RenewalSchedule(random);
    this.random = random;
    this.clock = clock;
    this.use = use;
    this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "mintmark-own-certificate");
      thread.setDaemon(true);
      return thread;
    });
    plan();
  }

  /** From now on it is looked after. */
  void start() {
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** From the next request on the service is held to this. */
  void trust(Trust next) {
    trust = next;
  }

  /**
   * Which CA issues now.
   *
   * @param id as of {@link KeyId}; null if it is not known
   */
  void issuing(String id) {
    issuing = id;
  }

  /** The last moment of the certificate there is. */
  Instant notAfter() {
    return Validity.of(current.certificate()).notAfter();
  }

  private void plan() {
    due = schedule.firstAttempt(Validity.of(current.certificate()), Optional.empty());
    askAt = clock.instant();
    wish = null;
    failures = 0;
  }

  private void look() {
    try {
      Instant now = clock.instant();
      if (!inUse) {
        takeIntoUse();
      }
      if (failures == 0 && !now.isBefore(askAt)) {
        ask(now);
      }
      if (!now.isBefore(due) || mustMove(now)) {
        renew(now);
      }
    } catch (RuntimeException e) {
      // Whatever it is, a broker that stops renewing because of it is lost when it expires.
      report("the broker's certificate is not looked after, trying on: " + e);
      log.debug("not looked after", e);
    }
  }

  private void ask(Instant now) {
    try {
      Optional<RenewalInfo> info = service.advice(current, trust);
      askAt = now.plus(info.map(RenewalInfo::retryAfter).orElse(ASKED_AGAIN_WITHOUT_AN_ANSWER));
      // Each time anew a random moment would be chosen in the same window.
      if (info.isPresent() && !info.get().window().equals(wish)) {
        wish = info.get().window();
        due = schedule.firstAttempt(Validity.of(current.certificate()), Optional.of(wish));
      }
    } catch (IOException e) {
      askAt = now.plus(ASKED_AGAIN_AFTER_A_FAILURE);
      log.debug("the service was not asked when to renew: {}", e.getMessage());
    }
  }

  /** Another CA issues: what the one before signed is good as long as nothing is wrong with it. */
  private boolean mustMove(Instant now) {
    String to = issuing;
    if (to == null || current.chain().size() < 2 || to.equals(issuer(current))) {
      return false;
    }
    if (!to.equals(movingTo)) {
      movingTo = to;
      moves = 0;
      moveAt =
          now.plus(FIRST_MOVE).plusMillis((long) (random.nextDouble() * FIRST_MOVE.toMillis()));
    }
    return !now.isBefore(moveAt);
  }

  private static String issuer(Credential credential) {
    return KeyId.of(credential.chain().get(1).getPublicKey());
  }

  private void renew(Instant now) {
    Validity validity = Validity.of(current.certificate());
    // Whatever comes of it: one that is again not by the new CA is not asked for in a loop.
    moves++;
    moveAt = schedule.nextAttempt(validity, now, moves, Optional.empty());
    try {
      Credential next = service.renew(current, trust);
      store.save(next);
      current = next;
      inUse = false;
      lastFault = null;
      plan();
      log.info(
          "the broker's certificate was renewed: serial {} by CA {}, good until {}",
          next.certificate().getSerialNumber().toString(16),
          issuer(next),
          Validity.of(next.certificate()).notAfter());
    } catch (IOException e) {
      failures++;
      Optional<Duration> asked = e instanceof EstRetryLaterException later
          ? Optional.of(later.retryAfter())
          : Optional.empty();
      due = schedule.nextAttempt(validity, now, failures, asked);
      moveAt = due;
      report(
          validity.contains(now)
              ? "the broker's certificate is good until " + validity.notAfter()
                  + " and could not be renewed, trying on: " + e.getMessage()
              : "THE BROKER'S CERTIFICATE HAS EXPIRED and cannot renew itself: have the broker"
                  + " invited (mintmark broker invite) and start it with the invitation; clients"
                  + " refuse this one");
      return;
    }
    takeIntoUse();
  }

  private void takeIntoUse() {
    try {
      use.use(current);
      inUse = true;
    } catch (IOException e) {
      report("the broker's new certificate is not shown yet, trying on: " + e);
    }
  }

  /** Once per fault, not once per attempt. */
  private void report(String fault) {
    if (fault.equals(lastFault)) {
      log.debug("still so: {}", fault);
    } else {
      log.error("{}", fault);
    }
    lastFault = fault;
  }

  /** No further attempt begins; one that runs is not waited for. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
