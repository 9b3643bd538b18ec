package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.device.Deliveries.Action;
import io.mintmark.device.Deliveries.Delivery;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

  private final Deliveries deliveries = new Deliveries();
  private final Attachment one = Attachments.granting(10);
  private final Attachment other = Attachments.granting(10);

  @Test
  void acknowledgesAfterTheHandler() {
    Delivery delivery = deliveries.arrived(7, false, one).delivery();
    assertThat(deliveries.noneBy(one)).isFalse();
    assertThat(deliveries.handled(delivery, one)).isTrue();
    assertThat(deliveries.noneBy(one)).isTrue();
  }

  @Test
  void acknowledgesWhereItCameAgain() {
    Delivery delivery = deliveries.arrived(7, false, one).delivery();
    assertThat(deliveries.arrived(7, true, other).action()).isEqualTo(Action.WAIT);
    assertThat(deliveries.handled(delivery, other)).isTrue();
  }

  @Test
  void acknowledgesAtOnceWhatWasHandledInBetween() {
    Delivery delivery = deliveries.arrived(7, false, one).delivery();
    assertThat(deliveries.handled(delivery, null)).isFalse();
    assertThat(deliveries.arrived(7, true, other).action()).isEqualTo(Action.ACKNOWLEDGE);
    assertThat(deliveries.arrived(7, true, other).action()).isEqualTo(Action.HANDLE);
  }

  @Test
  void handlesAnotherMessageUnderTheSameId() {
    Delivery before = deliveries.arrived(7, false, one).delivery();
    Delivery after = deliveries.arrived(7, false, other).delivery();
    assertThat(after).isNotNull();
    assertThat(deliveries.handled(before, other)).isFalse();
    assertThat(deliveries.handled(after, other)).isTrue();
  }

  @Test
  void handlesAnewWhenTheSessionIsGone() {
    Delivery delivery = deliveries.arrived(7, false, one).delivery();
    deliveries.sessionLost();
    assertThat(deliveries.handled(delivery, one)).isFalse();
    assertThat(deliveries.arrived(7, true, other).action()).isEqualTo(Action.HANDLE);
  }
}
