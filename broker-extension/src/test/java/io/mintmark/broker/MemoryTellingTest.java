package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FeedPage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTellingTest {

  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  private static FeedSnapshot after(FeedSnapshot before, long sequence, Bundle bundle) {
    FeedEntry entry = new FeedEntry(sequence, null, null, null, bundle);
    return before.with(new FeedPage("f", "example.org", sequence, List.of(entry), null), NOW);
  }

  private static List<String> toldRevoked(FeedSnapshot remembered) throws Exception {
    List<FeedMemory> parts = MemoryTelling.parts(remembered, 1024);
    assertThat(parts).hasSize(1);
    assertThat(parts.get(0).entries()).hasSize(1);
    return parts.get(0).entries().get(0).bundle().revoked();
  }

  @Test
  void tellsOfRevokedCasThoughTheBundleThatSaysSoIsNotInUse() throws Exception {
    FeedSnapshot used = after(FeedSnapshot.NONE, 1, new Bundle("pem", "a", List.of(), List.of("b")))
        .withOffered();
    assertThat(toldRevoked(used)).containsExactly("b");
    assertThat(toldRevoked(after(used, 2, new Bundle("pem", "a", List.of(), List.of("c")))))
        .containsExactly("b", "c");
  }
}
