package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker starts from while the service is away, and everything that can be wrong with it. */
class SnapshotFileTest {

  private static final TrustDomain OWN = new TrustDomain(TestPki.TRUST_DOMAIN);
  private static final Identity REVOKED = Identity.parse(TestPki.deviceId("sensors", "d1"));

  @TempDir
  Path folder;

  private Path path;
  private SnapshotFile file;

  @BeforeEach
  void save() throws Exception {
    path = folder.resolve("feed.json");
    file = new SnapshotFile(path);
    TopicGrants grants = new TopicGrants(List.of("t/${device}"), List.of());
    file.save(FeedSnapshot.NONE.with(
        new FeedPage(
            "feed-1",
            TestPki.TRUST_DOMAIN,
            2,
            List.of(
                new FeedEntry(
                    1, new FleetPolicy("sensors", "${device}", grants, false), null, null, null),
                new FeedEntry(2, null, null, Denial.ofIdentity(REVOKED, "revoked"), null))),
        Instant.now()));
  }

  private void refuses(String why) {
    assertThatThrownBy(() -> file.load(OWN))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void whatWasSavedIsLoaded() throws Exception {
    assertThat(file.load(OWN).orElseThrow().denialOfIdentity(REVOKED)).isPresent();
    Files.delete(path);
    assertThat(file.load(OWN)).isEmpty();
  }

  @Test
  void oneBitTurnedOverAnywhereRefusesTheStart() throws Exception {
    byte[] whole = Files.readAllBytes(path);
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(path, flipped);
      refuses("feed.json is damaged");
    }
  }

  @Test
  void aTruncatedOrEmptySnapshotRefusesTheStart() throws Exception {
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(path, Arrays.copyOf(whole, length));
      refuses("feed.json is damaged");
    }
    Files.write(path, Arrays.copyOf(whole, whole.length - 1));
    refuses("feed.json is damaged");
    Files.write(path, Arrays.copyOf(whole, whole.length + 1));
    refuses("feed.json is damaged");
  }

  @Test
  void aHugeSnapshotRefusesTheStart() throws Exception {
    try (RandomAccessFile huge = new RandomAccessFile(path.toFile(), "rw")) {
      huge.setLength(1L << 40);
    }
    refuses("feed.json is damaged (it is larger than 512 MiB)");
  }

  @Test
  void anUnreadableSnapshotRefusesTheStart() throws Exception {
    Files.delete(path);
    Files.createDirectory(path);
    refuses("feed.json cannot be read");
  }

  @Test
  void aSnapshotOfAnotherTrustDomainRefusesTheStart() {
    assertThatThrownBy(() -> file.load(new TrustDomain("example.net")))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("is of trust domain example.org");
  }

  @Test
  void oneOfTheFirstFormatIsStillRead() throws Exception {
    String whole = Files.readString(path);
    String first = "{\"format\":1,\"snapshot\":" + whole.substring(whole.indexOf("{\"feedId\""));
    Files.writeString(path, first);
    assertThat(file.load(OWN).orElseThrow().denialOfIdentity(REVOKED)).isPresent();
    Files.writeString(path, first.replace("\"format\":1", "\"format\":2"));
    refuses("feed.json is damaged");
  }
}
