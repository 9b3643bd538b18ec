package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CutLogTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
  private final CutLog cuts = new CutLog("connections to the device port cut", nanos::get);
  private final LogLines log = new LogLines();

  @Test
  void aFloodIsOneLineInTenSeconds() {
    String from = "192.0.2.7";
    log.attach();
    try {
      for (int i = 0; i < 1000; i++) {
        cuts.cut(from, "connects too often");
      }
      assertThat(log.lines())
          .containsExactly("INFO connections to the device port cut: {connects too often=1}"
              + " (the last from 192.0.2.7)");
      log.clear();
      nanos.addAndGet(10_000_000_000L);
      cuts.cut(from, "no handshake in 20s");
      assertThat(log.lines())
          .containsExactly("INFO connections to the device port cut: {connects too often=999,"
              + " no handshake in 20s=1} (the last from 192.0.2.7)");
    } finally {
      log.detach();
    }
  }
}
