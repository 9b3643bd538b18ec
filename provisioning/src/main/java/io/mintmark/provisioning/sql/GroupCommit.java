package io.mintmark.provisioning.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes in as few transactions as the disk leaves time for. While one thread waits for the disk,
 * the changes of others queue up; the next thread makes all of them in one transaction, and they
 * share one wait. A change that fails never touches the others: the transaction is undone and each
 * is made alone. Thread-safe.
 */
final class GroupCommit {

  /** Bounds how long the first of a group waits for the last. */
  private static final int LARGEST_GROUP = 256;

  /**
   * How long a group waits for more where the one before it was one of several: a commit costs the
   * processor as much as some ten changes. Who writes alone never waits.
   */
  private static final long GATHERING_NANOS = 2_000_000;

  private final Jdbi jdbi;
  private final AuditHead auditHead = new AuditHead();
  private final Queue<Pending<?, ?>> queue = new ConcurrentLinkedQueue<>();
  private final ReentrantLock writing = new ReentrantLock();
  private boolean several;

  /**
   * A writer of its own.
   *
   * @param jdbi its transactions must be the only ones that write
   */
  GroupCommit(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Makes a change; when this returns it is on disk.
   *
   * @param change may be run more than once, and on another thread, but takes effect once
   */
  <T, X extends Exception> T write(Registry.Change<T, X> change) throws X {
    Pending<T, X> pending = new Pending<>(change);
    queue.add(pending);
    boolean interrupted = false;
    while (!pending.done) {
      if (writing.tryLock()) {
        holding(() -> writeGroup(pending));
      } else {
        // Who holds the lock makes this change or, at its end, wakes the first in the queue.
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return pending.result();
  }

  /** Runs something while nothing is being written. */
  void exclusively(Runnable action) {
    writing.lock();
    holding(action);
  }

  private void holding(Runnable action) {
    try {
      action.run();
    } finally {
      writing.unlock();
      Pending<?, ?> next = queue.peek();
      if (next != null) {
        LockSupport.unpark(next.waiting);
      }
    }
  }

  /** The group a change is in, unless it was made while this thread was on its way here. */
  private void writeGroup(Pending<?, ?> mine) {
    if (mine.done) {
      return;
    }
    if (several) {
      LockSupport.parkNanos(this, GATHERING_NANOS);
    }
    List<Pending<?, ?>> group = nextGroup();
    several = group.size() > 1;
    writeTogether(group);
  }

  private List<Pending<?, ?>> nextGroup() {
    List<Pending<?, ?>> group = new ArrayList<>();
    while (group.size() < LARGEST_GROUP && !queue.isEmpty()) {
      group.add(queue.remove());
    }
    return group;
  }

  private void writeTogether(List<Pending<?, ?>> group) {
    try {
      jdbi.useTransaction(handle -> {
        for (Pending<?, ?> pending : group) {
          pending.run(handle, auditHead);
        }
      });
      group.forEach(Pending::finish);
    } catch (Exception e) {
      auditHead.forget();
      if (group.size() == 1) {
        group.get(0).fail(e);
      } else {
        group.forEach(pending -> writeTogether(List.of(pending)));
      }
    } catch (Error e) {
      auditHead.forget();
      // Nobody may wait for ever, whatever happened.
      group.forEach(pending -> pending.fail(e));
      throw e;
    }
  }

  /** A change that a thread waits for. Its fields belong to who holds the lock, until it is done. */
  private static final class Pending<T, X extends Exception> {
    private final Registry.Change<T, X> change;
    private List<Runnable> afterCommit = List.of();
    private T result;
    private Throwable failure;
    private final Thread waiting = Thread.currentThread();
    private volatile boolean done;

    Pending(Registry.Change<T, X> change) {
      this.change = change;
    }

    void run(Handle handle, AuditHead auditHead) throws X {
      afterCommit = new ArrayList<>();
      result = change.apply(new Transaction(handle, auditHead, afterCommit));
    }

    void finish() {
      done = true;
      LockSupport.unpark(waiting);
    }

    void fail(Throwable e) {
      failure = e;
      finish();
    }

    T result() throws X {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        // What the change threw is an X or a RuntimeException: nothing else can be.
        @SuppressWarnings("unchecked")
        X declared = (X) failure;
        throw declared;
      }
      afterCommit.forEach(Runnable::run);
      return result;
    }
  }
}
