package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinePublisherTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> published = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<Void>> answers = new CopyOnWriteArrayList<>();
  private final LinePublisher publisher = new LinePublisher(line -> {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    published.add(line);
    answers.add(answer);
    return answer;
  });

  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private CompletableFuture<Long> running(InputStream input) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return publisher.publish(input, PATIENCE);
      } catch (CommandFailure | InterruptedException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    });
  }

  @Test
  void endsWhenTheLastLineWasAcknowledged() {
    CompletableFuture<Long> end = running(input("21.5\n\nwärmer"));
    await().until(() -> answers.size() == 3);
    answers.get(2).complete(null);
    answers.get(0).complete(null);
    assertThat(end).isNotDone();
    answers.get(1).complete(null);
    assertThat(end.join()).isEqualTo(3);
    assertThat(published).containsExactly("21.5", "", "wärmer");
  }

  @Test
  void aLineThatIsNotTakenEndsItThoughTheInputGoesOn() throws Exception {
    try (PipedOutputStream open = new PipedOutputStream();
        PipedInputStream input = new PipedInputStream(open)) {
      open.write("a\nb\n".getBytes(StandardCharsets.UTF_8));
      CompletableFuture<Long> end = running(input);
      await().until(() -> answers.size() == 2);
      answers.get(1).completeExceptionally(new IllegalStateException("not granted"));
      assertThatThrownBy(end::join).hasMessageContaining("line 2 was not taken: not granted");
    }
  }

  @Test
  void whatIsNotAcknowledgedInTimeIsSaid() {
    assertThatThrownBy(() -> publisher.publish(input("a\nb\n"), Duration.ZERO))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("not acknowledged within 0 s: 2 of 2 lines");
  }

  @Test
  void theInputWaitsWhileTheBrokerIsAway() {
    CompletableFuture<Long> end = running(input("x\n".repeat(1500)));
    await().until(() -> answers.size() == 1000);
    assertThat(end).isNotDone();
    await().until(() -> {
      answers.forEach(answer -> answer.complete(null));
      return end.isDone();
    });
    assertThat(end.join()).isEqualTo(1500);
  }
}
