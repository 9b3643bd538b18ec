package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final List<Dropped> gone = new ArrayList<>();
  private final Outbox outbox = new Outbox(
      new MemoryBacklog(10, 100_000),
      OfflineBuffer.WhenFull.DROP_NEWEST,
      new PacketIds(),
      gone::add);

  private Outgoing offer(int qos) {
    Outgoing message = new Outgoing("t", new byte[0], qos);
    outbox.offer(message);
    assertThat(gone).isEmpty();
    return message;
  }

  private List<Outgoing> take(int window) {
    List<Outgoing> taken = new ArrayList<>();
    for (Outgoing m = outbox.next(window); m != null; m = outbox.next(window)) {
      taken.add(m);
    }
    return taken;
  }

  @Test
  void keepsTheOrder() {
    List<Outgoing> all = List.of(offer(1), offer(0), offer(1));
    assertThat(take(10)).isEqualTo(all);
    assertThat(all).extracting(Outgoing::id).containsExactly(1, 0, 2);
    assertThat(outbox.inFlight()).isEqualTo(2);
    assertThat(outbox.waiting()).isZero();
  }

  @Test
  void leavesNoMoreWithoutAnAnswerThanTheWindow() {
    Outgoing first = offer(1);
    Outgoing second = offer(1);
    Outgoing third = offer(0);
    assertThat(take(1)).containsExactly(first);
    // QoS 0 needs no window, but must not overtake.
    assertThat(take(1)).isEmpty();
    assertThat(outbox.answered(first.id())).isSameAs(first);
    assertThat(take(1)).containsExactly(second, third);
  }

  @Test
  void sendsWhatHasNoAnswerAgainFirstUnderItsOldId() {
    Outgoing first = offer(1);
    Outgoing second = offer(1);
    take(10);
    Outgoing third = offer(1);
    outbox.connectionLost();
    assertThat(take(1)).containsExactly(first);
    outbox.answered(first.id());
    assertThat(take(10)).containsExactly(second, third);
    assertThat(List.of(first, second, third)).extracting(Outgoing::id).containsExactly(1, 2, 3);
    assertThat(List.of(first, second, third))
        .extracting(Outgoing::sentBefore)
        .containsExactly(true, true, false);
  }

  @Test
  void doesNotSendAgainWhatIsAnsweredLate() {
    Outgoing first = offer(1);
    take(10);
    outbox.connectionLost();
    assertThat(outbox.answered(first.id())).isSameAs(first);
    assertThat(take(10)).isEmpty();
    assertThat(outbox.answered(first.id())).isNull();
  }

  @Test
  void publishesAnewWhenTheSessionIsGone() {
    Outgoing first = offer(1);
    Outgoing second = offer(1);
    take(10);
    Outgoing third = offer(1);
    outbox.connectionLost();
    outbox.sessionLost();
    assertThat(take(10)).containsExactly(first, second, third);
    assertThat(List.of(first, second, third)).extracting(Outgoing::sentBefore).containsOnly(false);
    assertThat(List.of(first, second, third)).extracting(Outgoing::id).doesNotHaveDuplicates();
  }

  @Test
  void givesOutNoIdTwice() {
    PacketIds ids = new PacketIds();
    int held = ids.take();
    for (int i = 0; i < 70_000; i++) {
      int id = ids.take();
      assertThat(id).isBetween(1, 65_535).isNotEqualTo(held);
      ids.release(id);
    }
  }

  @Test
  void givesUpEverything() {
    Outgoing first = offer(1);
    take(10);
    Outgoing second = offer(1);
    DeviceException reason = new RetryLaterException("closed");
    outbox.close(reason);
    assertThat(gone)
        .containsExactly(
            new Dropped(first.done(), reason, false), new Dropped(second.done(), reason, false));
    assertThat(outbox.waiting() + outbox.inFlight()).isZero();
  }
}
