package io.mintmark.cli;

import io.mintmark.identity.EstException;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One line of devices that enrol and renew, one request after the other, each repeated until it is
 * answered. Sometimes a device does not wait for the answer and asks again at once; sometimes it
 * lost its new key in the crash and asks with another.
 */
final class CrashClient implements Runnable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_DEVICES = 20;

  /**
   * One of so many requests that are cut off is followed by one with another key. Not by claim: that
   * enrols a device once, and who loses that key is out until an operator says otherwise.
   */
  private static final int LOST_KEYS = 3;

  private static final long BETWEEN_ATTEMPTS_MS = 20;

  private record Held(CrashRequest request, X509Certificate certificate) {}

  private final CrashFleets fleets;
  private final CrashLedger ledger;
  private final Random random;
  private final CountDownLatch stop;
  private final List<Held> devices = new ArrayList<>();

  /**
   * @param stop makes it end as soon as its last request is answered
   */
  CrashClient(CrashFleets fleets, CrashLedger ledger, Random random, CountDownLatch stop) {
    this.fleets = fleets;
    this.ledger = ledger;
    this.random = random;
    this.stop = stop;
  }

  @Override
  public void run() {
    try {
      while (stop.getCount() > 0) {
        int dice = random.nextInt(10);
        Optional<CrashRequest> fresh =
            dice < 3 ? fleets.enrolment() : dice < 6 ? fleets.claimedEnrolment() : Optional.empty();
        if (fresh.isPresent()) {
          obtain(fresh.get()).ifPresent(this::keep);
        } else if (!devices.isEmpty()) {
          renewOne();
        }
      }
    } catch (Exception | AssertionError e) {
      ledger.fault(e);
    }
  }

  private void keep(Held held) {
    if (devices.size() == MOST_DEVICES) {
      devices.remove(random.nextInt(MOST_DEVICES));
    }
    devices.add(held);
  }

  private void renewOne() throws Exception {
    int which = random.nextInt(devices.size());
    Held current = devices.get(which);
    CrashRequest request = fleets.renewal(current.request(), current.certificate());
    devices.set(which, obtain(request, current).orElseThrow());
  }

  private Optional<Held> obtain(CrashRequest request) throws Exception {
    return obtain(request, null);
  }

  /** Repeats a request until it is answered; empty if the claim has no use left for it. */
  private Optional<Held> obtain(CrashRequest first, Held current) throws Exception {
    CrashRequest request = first;
    int cutOff = 0;
    while (true) {
      int start = ledger.start();
      Instant asked = Instant.now();
      try {
        X509Certificate leaf = request.send(patience());
        ledger.received(new CrashLedger.Received(request, leaf, asked, cutOff));
        return Optional.of(new Held(request, leaf));
      } catch (EstRetryLaterException e) {
        pause();
      } catch (EstRefusedException e) {
        if (request.kind() != CrashRequest.Kind.CLAIM || !e.getMessage().contains("is spent")) {
          throw e;
        }
        fleets.spent(request);
        ledger.turnedAway(request.device());
        return Optional.empty();
      } catch (EstException e) {
        if (e.getCause() == null) {
          throw e;
        }
        if (causedBy(e, ConnectException.class)) {
          pause();
        } else if (causedBy(e, SocketTimeoutException.class)) {
          ledger.gaveUpWaiting();
        } else {
          ledger.cutOff(start);
          if (random.nextInt(LOST_KEYS) == 0 && request.kind() != CrashRequest.Kind.CLAIM) {
            request = withNewKey(request, current);
            cutOff = 0;
          } else {
            cutOff++;
          }
        }
      }
    }
  }

  private static boolean causedBy(Throwable e, Class<? extends Exception> type) {
    return e != null && (type.isInstance(e) || causedBy(e.getCause(), type));
  }

  /** A device that lost its new key with the power; the one it has is what it goes on with. */
  private CrashRequest withNewKey(CrashRequest request, Held current) {
    return current == null
        ? fleets.enrolment(request.device())
        : fleets.renewal(current.request(), current.certificate());
  }

  /** Seldom less than an answer takes: then two requests of one key are at work at once. */
  private Duration patience() {
    return random.nextInt(12) == 0 ? Duration.ofMillis(1 + random.nextInt(40)) : PATIENCE;
  }

  private void pause() throws InterruptedException {
    // Not on "stop": the last request wants its answer after that as well.
    TimeUnit.MILLISECONDS.sleep(BETWEEN_ATTEMPTS_MS);
  }
}
