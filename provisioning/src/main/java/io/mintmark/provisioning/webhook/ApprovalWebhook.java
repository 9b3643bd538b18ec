package io.mintmark.provisioning.webhook;

import io.mintmark.identity.Printable;
import io.mintmark.provisioning.EnrolmentPolicy.Webhook;
import io.mintmark.provisioning.Worded;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks webhooks to decide approvals: never twice at once for the same approval, few at a time so
 * that a slow webhook does not hold all of the service's threads, and never longer than its timeout.
 * Thread-safe.
 */
public final class ApprovalWebhook implements AutoCloseable {

  private static final long IDLE_SECONDS = 30;

  /**
   * What the webhook is told.
   *
   * @param approval the approval's number
   * @param fleet the fleet's id
   * @param device the device's id
   * @param again whether the device was enrolled before
   * @param bootstrapSha256 SHA-256 of the certificate the device showed, lower-case hex
   * @param bootstrapPem that certificate
   * @param keySha256 SHA-256 of the SubjectPublicKeyInfo to certify, lower-case hex
   */
  public record Question(
      long approval,
      String fleet,
      String device,
      boolean again,
      String bootstrapSha256,
      String bootstrapPem,
      String keySha256) {}

  /**
   * What the webhook said.
   *
   * @param decision its word
   * @param reason for people, or null
   */
  public record Answer(Decision decision, String reason) {}

  /** The webhook's word. */
  public enum Decision implements Worded {
    /** The device may have its certificate. */
    APPROVE,
    /** It may not. */
    DENY,
    /** Not decided yet: ask again. */
    PENDING
  }

  private static final Answer NOT_YET = new Answer(Decision.PENDING, null);

  private final Set<Long> asking = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor threads;

  /**
   * One for the whole service.
   *
   * @param mostAtOnce how many are asked at once
   */
  public ApprovalWebhook(int mostAtOnce) {
    AtomicInteger number = new AtomicInteger();
    threads = new ThreadPoolExecutor(
        0, mostAtOnce, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
          Thread thread = new Thread(task, "mintmark-webhook-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Asks.
   *
   * @return PENDING also while the same approval is being asked about, or too many are
   * @throws WebhookException if there is no answer within the timeout, or none that can be
   *     understood
   */
  public Answer ask(Webhook webhook, Question question) throws WebhookException {
    if (!asking.add(question.approval())) {
      return NOT_YET;
    }
    WebhookExchange exchange = new WebhookExchange(webhook);
    Future<Answer> answer;
    try {
      // The task itself ends the asking: after a timeout it may last a little longer than we wait.
      answer = threads.submit(() -> {
        try {
          return exchange.ask(question);
        } finally {
          asking.remove(question.approval());
        }
      });
    } catch (RejectedExecutionException e) {
      asking.remove(question.approval());
      return NOT_YET;
    }
    try {
      return answer.get(webhook.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      exchange.abort();
      throw new WebhookException("no answer within " + webhook.timeout().toSeconds() + "s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw new WebhookException(words(failure), failure);
      }
      throw new IllegalStateException("asking the webhook failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.abort();
      throw new WebhookException("the service is stopping", e);
    }
  }

  private static String words(IOException failure) {
    // All that Java says of a name nobody knows is the name.
    String prefix =
        failure instanceof UnknownHostException ? "no address is known of its host " : "";
    return prefix + Printable.of(failure.getMessage());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
