package io.mintmark.provisioning.revocation;

import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.revocation.RevocationRun.Scope;
import io.mintmark.provisioning.revocation.Work.Piece;
import io.mintmark.provisioning.sql.DoomedTable.Filter;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.RunTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works runs off, one after the other, in batches: each is one transaction with all that belongs to
 * it, so a run that was interrupted goes on after the last whole batch. Those that a crash or a stop
 * left go on at the next start. One whose batch fails is tried again after a while. Thread-safe.
 */
public final class RunWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunWorker.class);

  /** As long as others who write wait at most: some tens of milliseconds. */
  private static final int BATCH = 250;

  private static final Duration RETRY = Duration.ofSeconds(30);

  private final Registry registry;
  private final DeviceChanges changes;
  private final CertificateRevoker certificates;
  private final FactoryCas factoryCas;
  private final AuditLog audit;
  private final Clock clock;
  private final Map<Long, String> faults = new ConcurrentHashMap<>();
  private final Semaphore wanted = new Semaphore(0);
  private final Thread thread = new Thread(this::follow, "mintmark-revocation");
  private volatile boolean closed;

  /** One that has not been started. */
  public RunWorker(
      Registry registry,
      DeviceChanges changes,
      CertificateRevoker certificates,
      FactoryCas factoryCas,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.changes = changes;
    this.certificates = certificates;
    this.factoryCas = factoryCas;
    this.audit = audit;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** Works from now on, in a thread of its own, beginning with what an earlier process left. */
  public void start() {
    thread.start();
  }

  /** There is something to do, or to try again now. */
  public void wake() {
    wanted.release();
  }

  private void follow() {
    while (!closed) {
      boolean well = workOff();
      try {
        if (well) {
          wanted.acquire();
        } else if (wanted.tryAcquire(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.debug("trying again before its time");
        }
        wanted.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Works off all there is, on this thread.
   *
   * @return false if a run could not be brought to its end
   */
  public boolean workOff() {
    boolean well = true;
    for (RevocationRun run : registry.read(RunTable::unfinished)) {
      try {
        while (!closed && !batch(run)) {
          LOG.debug("a batch of {} is done", run.describe());
        }
        faults.remove(run.id());
      } catch (RuntimeException e) {
        well = false;
        faults.put(run.id(), String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        LOG.error("{} stopped; trying again in {} s", run.describe(), RETRY.toSeconds(), e);
      }
    }
    return well;
  }

  /**
   * Does one batch.
   *
   * @return whether the run is done
   */
  public boolean batch(RevocationRun run) {
    boolean done = registry.write(tx -> batch(tx, run));
    if (done) {
      LOG.info("{} is done", run.describe());
    }
    return done;
  }

  private boolean batch(Transaction tx, RevocationRun run) {
    String position = RunTable.position(tx.handle(), run.id());
    Work work = work(run);
    Piece piece = work.next(tx, run, position, BATCH);
    if (piece == null && !position.isEmpty()) {
      // Somebody may have come in behind us: it is done when there is nobody from the start on.
      piece = work.next(tx, run, "", BATCH);
    }
    if (piece != null) {
      RunTable.advance(tx, run.id(), piece.position(), piece.done(), piece.certificates());
      return false;
    }
    RunTable.finish(tx, run.id(), clock.instant());
    RevocationRun whole = RunTable.find(tx.handle(), run.id()).orElseThrow();
    audit.add(
        tx,
        AuditLog.SYSTEM,
        "revocation.done",
        Long.toString(run.id()),
        whole.describe() + ": done " + whole.done() + ", certificates " + whole.certificates());
    return true;
  }

  /** What a run has to do. */
  Work work(RevocationRun run) {
    if (run.scope() == Scope.FLEET) {
      return new FleetWork(changes, run.subject(), run.verb());
    }
    return new CertificateWork(
        certificates,
        handle -> run.scope() == Scope.ISSUER
            ? Filter.ofIssuer(run.subject(), run.before())
            : Filter.ofFactoryCa(run.subject(), factoryCas.identityPrefixes(handle, run.subject())),
        clock);
  }

  /** The run with what keeps it from going on, if anything does. */
  RevocationRun withFault(RevocationRun run) {
    String fault = faults.get(run.id());
    return fault == null ? run : run.withFault(fault);
  }

  /** Stops after the batch it is at; what is left is for the next start. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
