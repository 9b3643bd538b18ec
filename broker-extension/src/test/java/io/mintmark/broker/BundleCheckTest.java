package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.KeyId;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BundleCheckTest {

  private final TestPki pki = new TestPki();
  private final BundleCheck check = new BundleCheck(Clock.systemUTC());
  private final List<X509Certificate> service = pki.service().chain();

  private Optional<String> fault(Bundle bundle) {
    return check.fault(bundle, service);
  }

  private static String key(HeldCertificate ca) {
    return KeyId.of(ca.keys().getPublic());
  }

  @Test
  void aBundleThatTrustsTheServiceMayBeUsed() {
    assertThat(fault(Bundle.of(pki.anchors()))).isEmpty();
    assertThat(fault(Bundle.of(List.of(pki.nextRoot.certificate(), pki.root.certificate()))))
        .isEmpty();
  }

  @Test
  void othersMayNot() {
    String root = pki.root.certificatePem();
    assertThat(fault(new Bundle(null)).orElseThrow()).isEqualTo("holds no certificates");
    assertThat(fault(new Bundle("")).orElseThrow()).startsWith("cannot be read: no CERTIFICATE");
    assertThat(fault(new Bundle(root.substring(0, 200))).orElseThrow())
        .startsWith("cannot be read");
    assertThat(fault(new Bundle(root.replace("MII", "MIX"))).orElseThrow())
        .startsWith("cannot be read");
    assertThat(fault(Bundle.of(
                List.of(pki.root.certificate(), pki.device("sensors", "d1").certificate())))
            .orElseThrow())
        .isEqualTo("names 'CN=d1', which is no CA");
    assertThat(
            fault(Bundle.of(Collections.nCopies(101, pki.root.certificate()))).orElseThrow())
        .isEqualTo("names 101 roots, more than 100");
    assertThat(fault(Bundle.of(List.of(pki.nextRoot.certificate()))).orElseThrow())
        .startsWith("would not trust the service it comes from, 'CN=service'");
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    HeldCertificate over = HeldCertificate.builder()
        .commonName("over")
        .authority(1)
        .validity(yesterday.minus(Duration.ofDays(1)), yesterday)
        .build();
    assertThat(fault(Bundle.of(List.of(over.certificate()))).orElseThrow())
        .startsWith("names no root that is valid now");
  }

  @Test
  void noneRestsOnWhatItWithdraws() {
    Bundle withdrawn =
        new Bundle(pki.root.certificatePem(), key(pki.issuing), List.of(key(pki.root)), List.of());
    assertThat(fault(withdrawn).orElseThrow()).contains("was not withdrawn");
    Bundle issuing = new Bundle(
        pki.root.certificatePem(), key(pki.nextIssuing), List.of(), List.of(key(pki.issuing)));
    assertThat(fault(issuing).orElseThrow())
        .contains("would not trust the service", "CA " + key(pki.issuing) + " was withdrawn");
  }
}
