package io.mintmark.provisioning.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {

  private static final int WRITERS = 12;

  @TempDir
  Path folder;

  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
  private final CountDownLatch hold = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private Connection connection;
  private Jdbi jdbi;
  private CountingCommits commits;
  private GroupCommit writer;

  @BeforeEach
  void open() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
    jdbi = Jdbi.create(new OneConnection(connection));
    jdbi.useHandle(h -> {
      h.execute("pragma journal_mode = wal");
      h.execute("pragma synchronous = off");
      h.execute("create table t (n integer primary key)");
    });
    commits = new CountingCommits();
    jdbi.setTransactionHandler(commits);
    writer = new GroupCommit(jdbi);
  }

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    connection.close();
  }

  private Integer insert(int n) {
    return writer.write(tx -> tx.handle().execute("insert into t (n) values (?)", n));
  }

  private List<Integer> stored() {
    return jdbi.withHandle(
        h -> h.createQuery("select n from t order by n").mapTo(Integer.class).list());
  }

  /** A write that goes on until the test lets go, as one that waits for the disk. */
  private Future<?> slowWrite() throws Exception {
    Future<?> slow = threads.submit(() -> writer.write(tx -> {
      held.countDown();
      hold.await();
      return null;
    }));
    held.await();
    return slow;
  }

  private List<Future<Integer>> queueUp(int... numbers) {
    List<Future<Integer>> waiting = new ArrayList<>();
    for (int n : numbers) {
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      waiting.add(threads.submit(() -> {
        thread.complete(Thread.currentThread());
        started.countDown();
        return insert(n);
      }));
      await().until(() -> thread.join().getState() == Thread.State.WAITING);
    }
    return waiting;
  }

  @Test
  void makesWhatHasQueuedUpInOneTransaction() throws Exception {
    Future<?> slow = slowWrite();
    List<Future<Integer>> waiting = queueUp(1, 2, 3, 4, 5);

    hold.countDown();
    slow.get();
    for (Future<Integer> each : waiting) {
      assertThat(each.get()).isEqualTo(1);
    }

    assertThat(stored()).containsExactly(1, 2, 3, 4, 5);
    assertThat(commits.count).hasValue(2);
  }

  @Test
  void keepsAFailureToItself() throws Exception {
    insert(3);
    Future<?> slow = slowWrite();
    List<Future<Integer>> waiting = queueUp(1, 2, 3, 4);

    hold.countDown();
    slow.get();
    assertThatThrownBy(() -> waiting.get(2).get()).hasMessageContaining("UNIQUE constraint");
    for (int i : List.of(0, 1, 3)) {
      assertThat(waiting.get(i).get()).isEqualTo(1);
    }
    assertThat(stored()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whoWaitsIsNotKeptFromItByAnInterruptAndStaysInterrupted() throws Exception {
    Future<?> slow = slowWrite();
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    Future<Boolean> waiting = threads.submit(() -> {
      thread.complete(Thread.currentThread());
      insert(1);
      return Thread.interrupted();
    });
    await().until(() -> thread.join().getState() == Thread.State.WAITING);

    thread.join().interrupt();
    hold.countDown();
    slow.get();

    assertThat(waiting.get()).isTrue();
    assertThat(stored()).containsExactly(1);
  }

  @Test
  void whatQueuedUpDuringSomethingExclusiveIsMadeAfterIt() throws Exception {
    Future<?> exclusive = threads.submit(() -> writer.exclusively(() -> {
      held.countDown();
      try {
        hold.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }));
    held.await();
    List<Future<Integer>> waiting = queueUp(1, 2);

    hold.countDown();
    exclusive.get();
    for (Future<Integer> each : waiting) {
      assertThat(each.get()).isEqualTo(1);
    }
    assertThat(commits.count).hasValue(1);
  }

  @Test
  void undoesAChangeThatThrows() {
    AtomicInteger told = new AtomicInteger();

    assertThatThrownBy(() -> writer.write(tx -> {
          tx.handle().execute("insert into t (n) values (1)");
          tx.afterCommit(told::incrementAndGet);
          throw new IOException("no");
        }))
        .isInstanceOf(IOException.class);

    assertThat(stored()).isEmpty();
    assertThat(told).hasValue(0);
    insert(1);
  }

  @Test
  void tellsWhenAllIsOnDisk() {
    List<List<Integer>> seen = new ArrayList<>();
    writer.write(tx -> {
      tx.afterCommit(() -> seen.add(stored()));
      return tx.handle().execute("insert into t (n) values (1)");
    });

    assertThat(seen).containsExactly(List.of(1));
  }

  @Test
  void losesNothingUnderLoad() throws Exception {
    int each = 200;
    List<Future<?>> writers = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      int first = w * each;
      writers.add(threads.submit(() -> {
        for (int n = first; n < first + each; n++) {
          insert(n);
        }
      }));
    }
    for (Future<?> one : writers) {
      one.get();
    }

    assertThat(stored()).hasSize(WRITERS * each);
  }

  /** Counts below each handle's own transaction handler: one shared by all loses its state. */
  private static final class CountingCommits extends DelegatingTransactionHandler {
    private final AtomicInteger count;

    CountingCommits() {
      this(LocalTransactionHandler.binding(), new AtomicInteger());
    }

    private CountingCommits(TransactionHandler counted, AtomicInteger count) {
      super(counted);
      this.count = count;
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
      return new CountingCommits(getDelegate().specialize(handle), count);
    }

    @Override
    public void commit(Handle handle) {
      count.incrementAndGet();
      super.commit(handle);
    }
  }
}
