package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SubscriptionsTest {

  private final Subscriptions subscriptions = new Subscriptions(new PacketIds());

  private Subscription add(String filter) {
    Subscription subscription = new Subscription(filter, 1, message -> {});
    subscriptions.add(subscription);
    return subscription;
  }

  @Test
  void asksForEachOnce() {
    Subscription first = add("a");
    Subscription second = add("b");
    assertThat(subscriptions.next()).isSameAs(first);
    assertThat(subscriptions.next()).isSameAs(second);
    assertThat(subscriptions.next()).isNull();
    assertThat(subscriptions.answered(first.id(), true)).isSameAs(first);
    assertThat(subscriptions.next()).isNull();
  }

  @Test
  void forgetsWhatWasNotGranted() {
    Subscription first = add("a");
    subscriptions.next();
    assertThat(subscriptions.answered(first.id(), false)).isSameAs(first);
    subscriptions.sessionLost();
    assertThat(subscriptions.next()).isNull();
    assertThat(subscriptions.handlers("a")).isEmpty();
  }

  @Test
  void asksAgainForWhatHadNoAnswerWhenTheConnectionBroke() {
    Subscription first = add("a");
    Subscription second = add("b");
    subscriptions.next();
    subscriptions.next();
    subscriptions.answered(first.id(), true);
    int id = second.id();
    subscriptions.connectionLost();
    assertThat(subscriptions.answered(id, true)).isNull();
    assertThat(subscriptions.next()).isSameAs(second);
    assertThat(subscriptions.next()).isNull();
  }

  @Test
  void asksForEverythingAgainWhenTheSessionIsGone() {
    Subscription first = add("a");
    subscriptions.next();
    subscriptions.answered(first.id(), true);
    subscriptions.sessionLost();
    assertThat(subscriptions.next()).isSameAs(first);
  }

  @Test
  void theLaterOfOneFilterCounts() {
    add("a/#");
    Subscription second = add("a/#");
    Subscription other = add("+/b");
    assertThat(subscriptions.handlers("a/b")).containsExactly(second.handler(), other.handler());
    assertThat(subscriptions.handlers("c")).isEmpty();
  }

  @Test
  void anAnswerToTheEarlierOfOneFilterLeavesTheLater() {
    Subscription first = add("a");
    subscriptions.next();
    Subscription second = add("a");
    subscriptions.answered(first.id(), false);
    assertThat(subscriptions.next()).isSameAs(second);
  }
}
