package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveHeapTest {

  private static final String PRINTED = """
      4711:
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:         10000        1000000  [B (java.base@17.0.15)
         2:           100          40000  sun.security.x509.X509CertImpl (java.base@17.0.15)
         3:           100           3000  io.mintmark.broker.LiveSession
         4:             1            500  [Lio.netty.channel.Channel;
         5:             1             70  [[Ljavax.net.ssl.SSLEngine;
         6:             1              8  java.security.SecureRandom (java.base@17.0.15)
      Total         10203        1043578
      """;

  @Test
  void countsByWhoseClassesTheyAre() {
    LiveHeap heap = LiveHeap.of(PRINTED);
    assertThat(heap.of(LiveHeap.Part.MINTMARK)).isEqualTo(3_000);
    assertThat(heap.of(LiveHeap.Part.TLS)).isEqualTo(40_078);
    assertThat(heap.of(LiveHeap.Part.BROKER)).isEqualTo(500);
    assertThat(heap.of(LiveHeap.Part.OTHER)).isEqualTo(1_000_000);
    assertThat(heap.total()).isEqualTo(1_043_578);
  }

  @Test
  void looksIntoARunningJvm() throws Exception {
    LiveHeap own = LiveHeap.of(ProcessHandle.current());
    assertThat(own.total()).isGreaterThan(1_000_000);
    assertThat(own.of(LiveHeap.Part.OTHER)).isPositive();
  }
}
