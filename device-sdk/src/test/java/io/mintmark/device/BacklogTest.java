package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds and what gives way, in memory and on disk. */
class BacklogTest {

  @TempDir
  Path folder;

  private final SmallDisk disk = new SmallDisk();
  private Instant now = Clock.systemUTC().instant();
  private final List<Dropped> gone = new ArrayList<>();
  private Outbox outbox;

  @AfterEach
  void close() {
    if (outbox != null) {
      outbox.close(new RetryLaterException("over"));
    }
  }

  private void open(boolean onDisk, int messages, int bytes, OfflineBuffer.WhenFull whenFull)
      throws IOException {
    OfflineBuffer bounds =
        onDisk ? OfflineBuffer.disk(messages, bytes) : OfflineBuffer.memory(messages, bytes);
    Backlog backlog = onDisk
        ? new DiskBacklog(
            MessageLog.open(folder.resolve("buffer"), bytes, disk),
            bounds,
            new SettableClock(() -> now),
            gone::add)
        : new MemoryBacklog(messages, bytes);
    outbox = new Outbox(backlog, whenFull, new PacketIds(), gone::add);
  }

  private Outgoing offer(int number, int qos, int size) {
    Outgoing message =
        new Outgoing("t", ByteBuffer.allocate(size).putInt(number).array(), qos);
    outbox.offer(message);
    return message;
  }

  private Outgoing offer(int number) {
    return offer(number, 1, 4);
  }

  private static int number(Outgoing message) {
    return ByteBuffer.wrap(message.payload()).getInt();
  }

  private List<Integer> send() {
    List<Integer> sent = new ArrayList<>();
    for (Outgoing m = outbox.next(10_000); m != null; m = outbox.next(10_000)) {
      sent.add(number(m));
    }
    return sent;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNewestGivesWay(boolean onDisk) throws IOException {
    open(onDisk, 3, 100_000, OfflineBuffer.WhenFull.DROP_NEWEST);
    offer(1);
    Outgoing second = offer(2);
    offer(3);
    Outgoing refused = offer(4);
    assertThat(gone).singleElement().satisfies(d -> {
      assertThat(d.done()).isSameAs(refused.done());
      assertThat(d.cause())
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("3 messages wait for the broker");
    });
    assertThat(outbox.next(1)).isNotNull();
    offer(5);
    assertThat(gone).as("what is in flight counts").hasSize(2);
    outbox.answered(1);
    offer(6);
    assertThat(send()).containsExactly(2, 3, 6);
    assertThat(second.id()).isPositive();
    assertThat(outbox.state().dropped()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theOldestGivesWayButNotWhatIsInFlight(boolean onDisk) throws IOException {
    open(onDisk, 3, 100_000, OfflineBuffer.WhenFull.DROP_OLDEST);
    Outgoing first = offer(1);
    Outgoing second = offer(2);
    offer(3);
    assertThat(outbox.next(1)).isSameAs(first);
    offer(4);
    assertThat(gone).extracting(Dropped::done).containsExactly(second.done());
    outbox.connectionLost();
    outbox.sessionLost();
    assertThat(send()).containsExactly(1, 3, 4);
    Outgoing last = offer(5);
    assertThat(gone).as("all are in flight").hasSize(2);
    assertThat(gone.get(1).done()).isSameAs(last.done());
    assertThat(outbox.state()).isEqualTo(new BufferState(0, 3, outbox.state().bytes(), 2, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsBytes(boolean onDisk) throws IOException {
    open(onDisk, 1_000, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    for (int i = 0; i < 20; i++) {
      offer(i, 1, 10_000);
      assertThat(outbox.state().bytes()).isLessThanOrEqualTo(65_536);
    }
    assertThat(gone).hasSize(14);
    // A small one may need no room, a large one several places.
    offer(20, 1, 30_000);
    assertThat(gone).hasSize(17);
    assertThat(send()).containsExactly(17, 18, 19, 20);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesWhatNeverFits(boolean onDisk) throws IOException {
    open(onDisk, 1_000, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    offer(1);
    for (int qos : List.of(0, 1)) {
      offer(2, qos, 65_536);
    }
    assertThat(gone)
        .hasSize(2)
        .allSatisfy(d -> assertThat(d.cause())
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("a message of 655")
            .hasMessageContaining("too large for the offline buffer"));
    assertThat(send()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dropsWhatExpired(boolean onDisk) throws IOException {
    open(onDisk, 2, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    outbox.offer(Outgoing.stored(
        expiring(Duration.ofSeconds(1)), Duration.ofSeconds(2), new CompletableFuture<>()));
    offer(2);
    offer(3);
    assertThat(gone).as("one that is over gives way").hasSize(1);
    assertThat(gone.get(0).cause()).hasMessageContaining("expiry");
    assertThat(send()).containsExactly(2, 3);
    assertThat(outbox.state().expired()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keepsOneOrderOverBothQos(boolean onDisk) throws IOException {
    open(onDisk, 1_000, 200_000, OfflineBuffer.WhenFull.DROP_NEWEST);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      offer(i, i % 3 == 0 ? 0 : 1, 4);
      all.add(i);
    }
    assertThat(gone).isEmpty();
    assertThat(outbox.waiting()).isEqualTo(400);
    assertThat(send()).isEqualTo(all);
  }

  @Test
  void keepsFewMessagesAndFuturesInMemory() throws IOException {
    open(true, 100_000, 10 << 20, OfflineBuffer.WhenFull.DROP_NEWEST);
    List<Outgoing> all = new ArrayList<>();
    for (int i = 0; i < 10_200; i++) {
      all.add(offer(i));
    }
    assertThat(outbox.waiting()).isEqualTo(10_200);
    Outgoing last = all.get(all.size() - 1);
    assertThatThrownBy(() -> last.done().get()).cause().isInstanceOf(StoredException.class);
    for (int i = 0; i < 10_200; i++) {
      Outgoing next = outbox.next(10);
      assertThat(number(next)).isEqualTo(i);
      boolean same = next.done() == all.get(i).done();
      assertThat(same).as("future of %d", i).isEqualTo(i < 10_128);
      outbox.answered(next.id());
    }
    assertThat(outbox.state()).isEqualTo(new BufferState(0, 0, 0, 0, 0, 0));
  }

  @Test
  void countsTheTimeAMessageWaitedForAProcess() throws IOException {
    open(true, 10, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    outbox.offer(new Outgoing(expiring(Duration.ofMinutes(5))));
    outbox.offer(new Outgoing(expiring(Duration.ofMinutes(20))));
    now = now.plus(Duration.ofMinutes(10));
    outbox.close(new RetryLaterException("restart"));
    gone.clear();
    open(true, 10, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    Outgoing left = outbox.next(10);
    assertThat(left.left()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    assertThat(outbox.next(10)).isNull();
    assertThat(outbox.state().expired()).isEqualTo(1);
  }

  @Test
  void aClockThatWasNotSetExpiresNothing() throws IOException {
    now = Instant.EPOCH;
    open(true, 10, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    outbox.offer(new Outgoing(expiring(Duration.ofMinutes(5))));
    outbox.close(new RetryLaterException("restart"));
    now = Clock.systemUTC().instant();
    open(true, 10, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    assertThat(outbox.next(10)).isNotNull();
  }

  @Test
  void whatIsInFlightForLongHoldsUpNoFiles() throws IOException {
    open(true, 20, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    offer(0, 1, 1_000);
    offer(1, 1, 1_000);
    assertThat(send()).containsExactly(0, 1);
    outbox.connectionLost();
    for (int i = 2; i < 2_000; i++) {
      offer(i, 1, 1_000);
    }
    assertThat(gone)
        .hasSize(1_980)
        .allSatisfy(d -> assertThat(d.cause()).hasMessageContaining("dropped for a newer one"));
    outbox.close(new RetryLaterException("restart"));
    open(true, 20, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    assertThat(outbox.takeUnreadable()).isZero();
    assertThat(send()).startsWith(0, 1, 1_982).endsWith(1_999).hasSize(20).isSorted();
  }

  @Test
  void aFullDiskRefusesTheNewest() throws IOException {
    open(true, 1_000, 65_536, OfflineBuffer.WhenFull.DROP_NEWEST);
    disk.capacity = 5_000;
    for (int i = 0; i < 8; i++) {
      offer(i, 1, 1_000);
    }
    assertThat(gone)
        .hasSize(4)
        .allSatisfy(d -> assertThat(d.cause()).hasMessageContaining("No space left on device"));
    disk.capacity = 10_000;
    offer(8, 1, 1_000);
    assertThat(send()).containsExactly(0, 1, 2, 3, 8);
  }

  @Test
  void aFullDiskMakesTheOldestGiveWay() throws IOException {
    open(true, 1_000, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    for (int i = 0; i < 40; i++) {
      offer(i, 1, 1_000);
    }
    disk.capacity = outbox.state().bytes();
    offer(40, 1, 1_000);
    assertThat(gone).hasSizeBetween(7, 8);
    assertThat(send()).startsWith(gone.size()).endsWith(40).hasSize(41 - gone.size());
  }

  @Test
  void aDiskThatIsBrokenCostsNoneOfThoseStored() throws IOException {
    open(true, 1_000, 65_536, OfflineBuffer.WhenFull.DROP_OLDEST);
    for (int i = 0; i < 40; i++) {
      offer(i, 1, 1_000);
    }
    disk.broken = true;
    offer(40, 1, 1_000);
    assertThat(gone).hasSize(1);
    disk.broken = false;
    assertThat(send()).hasSize(40);
  }

  private static Message expiring(Duration expiry) {
    return Message.of("t", new byte[4]).withExpiry(expiry);
  }
}
