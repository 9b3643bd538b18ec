package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reports about brokers call passed, and what they read in a broker's log. */
class BrokerReportsTest {

  private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
  private static final Environment HERE = new Environment(
      "17.0.15", "OpenJDK", "Linux 6", "amd64", "a processor", 2, 1024, 4096, "ACCP");
  private static final MeasuredBroker.Facts FACTS = new MeasuredBroker.Facts("b", "ACCP", null);

  private static PublishReport.Round round(long delivered, long lost) {
    return new PublishReport.Round(delivered, lost, 1, 1, 0.5);
  }

  /** One round a ratio; ours delivers so many of the other's 1,000. */
  private static PublishReport published(long lost, long... ours) {
    List<PublishReport.Round> fast = new ArrayList<>();
    List<PublishReport.Round> all = new ArrayList<>();
    for (long each : ours) {
      fast.add(round(each, lost));
      all.add(round(1_000, 0));
    }
    return new PublishReport(
        NOW,
        4,
        2,
        100,
        HERE,
        List.of(
            new PublishReport.Result("fast", FACTS, Map.of(0, fast, 1, fast)),
            new PublishReport.Result("allow-all", FACTS, Map.of(0, all, 1, all))));
  }

  @Test
  void publishingIsHeldToTheMedianOfItsRounds() {
    assertThat(published(0, 400, 971, 1_200).passed()).isTrue();
    assertThat(published(0, 969, 960, 1_200).passed()).isFalse();
    assertThat(published(0, 960, 982).passed()).isTrue();
    assertThat(published(1, 1_000).passed()).as("a lost message").isFalse();
    assertThat(published(0, 400, 971, 1_200).table())
        .contains("PASS  QoS 0 messages delivered over allow-all: 0.97 (at least 0.97)");
  }

  private static LiveHeap heap(long mintmark, long other) {
    Map<LiveHeap.Part, Long> bytes = new EnumMap<>(LiveHeap.Part.class);
    for (LiveHeap.Part part : LiveHeap.Part.values()) {
      bytes.put(part, 0L);
    }
    bytes.put(LiveHeap.Part.MINTMARK, mintmark);
    bytes.put(LiveHeap.Part.OTHER, other);
    return new LiveHeap(bytes);
  }

  private static IdleReport idle(long mintmark, int open) {
    LiveHeap empty = heap(0, 5_000);
    return new IdleReport(
        NOW,
        100,
        HERE,
        List.of(
            IdleReport.Result.of("fast", FACTS, empty, heap(mintmark, 1_005_000), 100, open),
            IdleReport.Result.of("allow-all", FACTS, empty, heap(0, 1_005_000), 100, 100)));
  }

  @Test
  void anIdleSessionMayTakeTwoKibibytesMore() {
    assertThat(idle(204_800, 100).passed()).isTrue();
    assertThat(idle(204_900, 100).passed()).isFalse();
    assertThat(idle(100, 99).passed()).as("a session that is gone").isFalse();
    assertThat(idle(204_800, 100).table().lines())
        .contains(
            "bytes of heap a session                 fast     allow-all",
            "all                                     12,048   10,000",
            "  Mintmark                              2,048    0");
  }

  private static RevokeReport revoked(double p99, int notCut, int cutToo, int cameBack) {
    Latency cut = new Latency(10, 10, p99, p99);
    return new RevokeReport(
        NOW, 100, 10, 20, HERE, cut, cut, cut, notCut, cutToo, cameBack, Map.of(), null);
  }

  @Test
  void aRevocationIsQuickAndHitsOneOnly() {
    assertThat(revoked(249, 0, 0, 0).passed()).isTrue();
    assertThat(revoked(250, 0, 0, 0).passed()).isFalse();
    assertThat(revoked(10, 1, 0, 0).passed()).isFalse();
    assertThat(revoked(10, 0, 1, 0).passed()).isFalse();
    assertThat(revoked(10, 0, 0, 1).passed()).isFalse();
    assertThat(revoked(249, 0, 0, 0).table()).contains("PASS p99 249 ms, to be below 250 ms");
  }

  @Test
  void theBrokersLogSaysWhenASessionLostItsPermissions() {
    BrokerCuts cuts = BrokerCuts.of(List.of(
        "2026-02-01T00:00:01.500Z INFO  i.m.broker.SessionLog cut reason=revoked-identity"
            + " device=spiffe://local/fleet/load/device/load-0001 serial=1 clientId=load-0001"
            + " millis=20",
        "2026-02-01T00:00:01.500Z INFO  i.m.broker.FeedFollower feed read to 7"));
    long since = Micros.of(Instant.parse("2026-02-01T00:00:01Z"));
    assertThat(cuts.powerless(new DeviceId("load-0001"), since)).hasValue(480_000);
    assertThat(cuts.powerless(new DeviceId("load-0002"), since)).isEmpty();
  }
}
