package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.TopicGrants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Feed feed() {
    return installation.get().feed();
  }

  private void define(String name, String topic) throws Refusal {
    installation
        .get()
        .applications()
        .define(name, new TopicGrants(List.of(topic), List.of()), OPERATOR);
  }

  @Test
  void keepsTheLatestEntryOfEachSubjectInOrder() throws Exception {
    define("a", "1");
    define("b", "1");
    define("a", "2");

    FeedPage page = feed().after(0);
    // The bundle, the fleet, b, a: the first a is gone.
    assertThat(page.entries()).extracting(FeedEntry::sequence).containsExactly(1L, 2L, 4L, 5L);
    assertThat(page.entries().get(3).application().topics().publish()).containsExactly("2");
    assertThat(page.head()).isEqualTo(5);
    assertThat(page.trustDomain()).isEqualTo("example.org");
    assertThat(feed().after(4).entries())
        .singleElement()
        .isEqualTo(page.entries().get(3));
    assertThat(feed().after(5).entries()).isEmpty();
  }

  @Test
  void saysWhenASequenceIsNotItsOwn() {
    assertRefused(CONFLICT, "ends at 2, before 3", () -> feed().after(3));
  }

  @Test
  void goesInPages() throws Exception {
    for (int i = 0; i < 550; i++) {
      define("a" + i, "x");
    }

    List<FeedEntry> all = new ArrayList<>();
    long at = 0;
    int pages = 0;
    while (at < feed().head()) {
      List<FeedEntry> page = feed().after(at).entries();
      assertThat(page).hasSizeLessThanOrEqualTo(500);
      all.addAll(page);
      at = page.get(page.size() - 1).sequence();
      pages++;
    }
    assertThat(pages).isEqualTo(2);
    assertThat(all).hasSize(552);
  }

  @Test
  void aPageIsBoundedInBytesAsWell() throws Exception {
    for (int i = 0; i < 10; i++) {
      define("a" + i, "x".repeat(60_000));
    }
    List<String> many =
        IntStream.range(0, 8).mapToObj(i -> i + "x".repeat(50_000)).toList();
    installation.get().applications().define("large", new TopicGrants(many, List.of()), OPERATOR);

    List<Integer> sizes = new ArrayList<>();
    for (long at = 2; at < feed().head(); ) {
      List<FeedEntry> page = feed().after(at).entries();
      sizes.add(page.size());
      at = page.get(page.size() - 1).sequence();
    }
    assertThat(sizes).containsExactly(4, 4, 2, 1);
  }

  @Test
  void tellsListenersAfterTheCommit() throws Exception {
    List<Long> heads = new ArrayList<>();
    feed().onAppend(() -> heads.add(feed().head()));

    define("a", "1");
    define("a", "1");

    assertThat(heads).containsExactly(3L);
  }

  @Test
  void forgetsDenialsOfLongExpiredCertificatesButNeverTheHead() throws Exception {
    installation.manifest("d-1", "d-2");
    installation.enroll("d-1");
    installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);
    long head = feed().head();

    installation.clock.move(Duration.ofDays(7).plusHours(1));
    installation.restart();
    assertThat(feed().after(0).entries()).hasSize(4);

    installation.clock.move(Duration.ofDays(1));
    installation.restart();
    // The certificate's denial is gone, the device's stays.
    assertThat(feed().after(0).entries())
        .hasSize(3)
        .filteredOn(e -> e.denial() != null)
        .singleElement()
        .satisfies(e -> assertThat(e.denial().until()).isNull());
    assertThat(feed().head()).isEqualTo(head);
  }

  @Test
  void survivesARestart() throws Exception {
    define("a", "1");
    FeedPage before = feed().after(0);
    installation.restart();

    FeedPage after = feed().after(0);
    assertThat(after.entries()).isEqualTo(before.entries());
    assertThat(after.head()).isEqualTo(before.head());
    assertThat(after.feedId()).isEqualTo(before.feedId());
    assertThat(after.place()).as("of another epoch").isNotEqualTo(before.place());
  }
}
