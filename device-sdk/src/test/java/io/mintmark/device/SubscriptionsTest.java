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

  @Test
  void endsAlsoWhatAnEarlierProcessLeft() {
    Subscription end = Subscription.end("a");
    subscriptions.add(end);
    assertThat(subscriptions.next()).isSameAs(end);
    assertThat(subscriptions.answered(end.id(), true)).isSameAs(end);
    assertThat(subscriptions.next()).isNull();
  }

  @Test
  void callsNoHandlerOfWhatIsToEnd() {
    add("a");
    subscriptions.add(Subscription.end("a"));
    assertThat(subscriptions.handlers("a")).isEmpty();
    assertThat(subscriptions.get("a")).isNull();
    assertThat(subscriptions.next().isEnd()).isTrue();
    assertThat(subscriptions.next()).isNull();
  }

  @Test
  void aNewSessionHasNothingToEnd() {
    Subscription end = Subscription.end("a");
    Subscription other = add("b");
    subscriptions.add(end);
    assertThat(subscriptions.sessionLost()).containsExactly(end);
    assertThat(subscriptions.next()).isSameAs(other);
    assertThat(subscriptions.next()).isNull();
  }

  @Test
  void whatWasReplacedIsDoneWithItsSuccessor() {
    Subscription first = add("a");
    Subscription end = Subscription.end("a");
    subscriptions.add(end);
    Subscription last = add("a");
    assertThat(first.done()).isNotDone();
    last.done().completeExceptionally(new RefusedException("no"));
    assertThat(first.done()).as("it has ended").isCompletedWithValue(null);
    assertThat(end.done()).isCompletedWithValue(null);
    assertThat(subscriptions.get("a")).isSameAs(last);
  }
}
