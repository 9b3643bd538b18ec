package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BufferKeeperTest {

  @TempDir
  Path folder;

  private final List<Long> told = new CopyOnWriteArrayList<>();
  private final FakeTimers timers = new FakeTimers(Instant.EPOCH);
  private final Callbacks callbacks = new Callbacks("test-calls", new DeviceListener() {
    @Override
    public void dropped(long messages, DeviceException cause) {
      told.add(messages);
    }
  });
  private final BufferKeeper keeper =
      new BufferKeeper(callbacks, timers, Duration.ofSeconds(5), "test-disk");

  @AfterEach
  void close() throws Exception {
    callbacks.close(Duration.ofSeconds(20));
  }

  @Test
  void tellsOfAStormNowAndThen() throws Exception {
    DeviceException cause = new RetryLaterException("full");
    for (int i = 0; i < 1_000; i++) {
      keeper.dropped(1, cause);
    }
    timers.advanceTo(Instant.EPOCH.plusSeconds(1));
    timers.advanceTo(Instant.EPOCH.plusSeconds(2));
    timers.advanceTo(Instant.EPOCH.plusSeconds(10));
    keeper.dropped(5, cause);
    keeper.dropped(7, cause);
    keeper.close(Duration.ofSeconds(20));
    callbacks.close(Duration.ofSeconds(20));
    assertThat(told).containsExactly(1L, 999L, 5L, 7L);
    assertThat(timers.next()).isNull();
  }

  @Test
  void syncsManyMessagesAtATime() throws Exception {
    SmallDisk disk = new SmallDisk();
    OfflineBuffer bounds = OfflineBuffer.disk(100, 65_536);
    MessageLog log = MessageLog.open(folder.resolve("buffer"), 65_536, disk);
    Session session = new Session(
        lost -> new DiskBacklog(log, bounds, Clock.systemUTC(), lost), bounds.whenFull(), keeper);
    keeper.lookAfter(session);
    for (int i = 0; i < 10; i++) {
      assertThat(session.publish(new Outgoing("t", new byte[4], 1))).isNotDone();
    }
    assertThat(timers.next()).isEqualTo(Instant.EPOCH.plusSeconds(5));
    keeper.sync().get();
    assertThat(timers.next()).as("all is safe").isNull();
    disk.broken = true;
    assertThat(session.publish(new Outgoing("t", new byte[4], 1))).isCompletedExceptionally();
    disk.broken = false;
    assertThat(session.publish(new Outgoing("t", new byte[4], 1))).isNotDone();
    disk.broken = true;
    CompletableFuture<Void> failed = keeper.sync();
    assertThatThrownBy(failed::get)
        .cause()
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("cannot be synced: Input/output error");
    assertThat(timers.next()).as("tried again").isNotNull();
    disk.broken = false;
    keeper.sync().get();
    keeper.close(Duration.ofSeconds(20));
    session.close(new RetryLaterException("over"));
    assertThat(timers.next()).isNull();
  }
}
