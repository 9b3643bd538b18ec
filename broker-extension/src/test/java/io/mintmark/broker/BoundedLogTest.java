package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BoundedLogTest {

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void writesSomeAndCountsTheOthers() {
    BoundedLog bounded =
        new BoundedLog(LoggerFactory.getLogger(BoundedLogTest.class), "knocks", nanos::get);
    try (LogLines log = new LogLines()) {
      for (int i = 0; i < 1000; i++) {
        bounded.info("knock {}", i);
      }
      assertThat(log.lines()).hasSize(100).last().isEqualTo("INFO knock 99");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      bounded.info("knock {}", 1000);
      assertThat(log.lines())
          .endsWith("INFO 900 more knocks were not logged one by one", "INFO knock 1000");
    }
  }
}
