package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.limits.ClientAddress;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;

class FairShareTest {

  private final FairShare share = new FairShare(4, 4);

  private static ClientConnection from(long address) {
    return from(address, false);
  }

  private static ClientConnection from(long address, boolean exempt) {
    return new ClientConnection(
        new ClientAddress(false, address),
        exempt,
        null,
        new ScheduledExecutorScheduler(),
        reason -> {});
  }

  @Test
  void oneAddressMayHaveAllWhileNobodyElseComes() {
    for (int i = 0; i < 4; i++) {
      assertThat(share.add(from(1))).isNull();
    }
    ClientConnection fifth = from(1);
    assertThat(share.add(fifth)).isSameAs(fifth);
    assertThat(share.count()).isEqualTo(4);
  }

  @Test
  void whoHasTheMostMakesRoomWithItsOldest() {
    ClientConnection[] one = {from(1), from(1), from(1)};
    for (ClientConnection each : one) {
      share.add(each);
    }
    share.add(from(2));
    assertThat(share.add(from(3))).isSameAs(one[0]);
    assertThat(share.count()).isEqualTo(4);
    // 1 has two, 2 and 3 have one each: a second of 2 would only turn that around.
    ClientConnection second = from(2);
    assertThat(share.add(second)).isSameAs(second);
    assertThat(share.add(from(4))).isSameAs(one[1]);
  }

  @Test
  void manyAddressesWithOneEachDoNotTakeTurns() {
    for (int i = 0; i < 4; i++) {
      share.add(from(i));
    }
    ClientConnection fifth = from(5);
    assertThat(share.add(fifth)).isSameAs(fifth);
  }

  @Test
  void whatHasGoneMakesRoomOnce() {
    ClientConnection one = from(1);
    share.add(one);
    share.remove(one);
    share.remove(one);
    assertThat(share.count()).isZero();
    assertThat(share.add(one)).isNull();
  }

  @Test
  void anAddressHasNoMoreThanItMayUnlessItIsExempt() {
    FairShare few = new FairShare(10, 2);
    few.add(from(1));
    few.add(from(1));
    ClientConnection third = from(1);
    assertThat(few.add(third)).isSameAs(third);
    for (int i = 0; i < 5; i++) {
      assertThat(few.add(from(2, true))).isNull();
    }
  }
}
