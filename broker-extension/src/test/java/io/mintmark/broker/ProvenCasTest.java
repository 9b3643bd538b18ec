package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenCasTest {

  private final TestPki pki = new TestPki();
  private final HeldCertificate device = pki.device("sensors", "d1");
  private final List<X509Certificate> cas =
      List.of(pki.issuing.certificate(), pki.root.certificate());
  private final ProvenCas<Integer, String> proven = new ProvenCas<>();

  @Test
  void memoryIsBounded() {
    Instant now = Instant.now();
    for (int i = 0; i < 3 * ProvenCas.MOST; i++) {
      proven.add(i, cas, "good", now);
    }
    assertThat(proven.size()).isEqualTo(ProvenCas.MOST);
    assertThat(proven.of(0, device.certificate(), now)).contains("good");
    assertThat(proven.of(ProvenCas.MOST, device.certificate(), now)).isEmpty();
    Instant later = now.plus(Duration.ofMinutes(11));
    proven.add(-1, cas, "good", later);
    assertThat(proven.size()).as("what is over makes room").isEqualTo(1);
    assertThat(proven.of(-1, device.certificate(), later)).contains("good");
  }
}
