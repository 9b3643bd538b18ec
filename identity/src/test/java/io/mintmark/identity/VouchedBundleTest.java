package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class VouchedBundleTest {

  private static final int NO_PATH_LENGTH = Integer.MAX_VALUE;

  private final Instant now = Instant.now();

  private final HeldCertificate first = root("first");
  private final HeldCertificate second = root("second");
  private final HeldCertificate third = root("third");
  private final HeldCertificate issuing = HeldCertificate.builder()
      .commonName("issuing")
      .authority(0)
      .signedBy(first)
      .build();

  private static HeldCertificate root(String name) {
    return HeldCertificate.builder().commonName(name).authority(1).build();
  }

  /** A root's key certified by another's. */
  private static HeldCertificate.Builder cross(
      String name, HeldCertificate root, HeldCertificate by) {
    return HeldCertificate.builder()
        .commonName(name)
        .keys(root.keys())
        .authority(NO_PATH_LENGTH)
        .signedBy(by);
  }

  private List<X509Certificate> of(HeldCertificate held, HeldCertificate... answer) {
    return VouchedBundle.of(
        Arrays.stream(answer).map(HeldCertificate::certificate).toList(),
        List.of(held.certificate()),
        now);
  }

  private void assertRefused(String why, HeldCertificate held, HeldCertificate... answer) {
    assertThatThrownBy(() -> of(held, answer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void keepsWhatIsHeld() {
    assertThat(of(first, issuing, first)).containsExactly(first.certificate());
  }

  @Test
  void takesARootThatOneHeldVouchesFor() {
    HeldCertificate newWithOld = cross("second", second, first).build();
    HeldCertificate oldWithNew = cross("first", first, second).build();

    assertThat(of(first, first, second, newWithOld, oldWithNew, issuing))
        .containsExactly(first.certificate(), second.certificate());
    assertThat(of(first, second, newWithOld)).containsExactly(second.certificate());
  }

  @Test
  void followsMoreThanOneChange() {
    HeldCertificate secondByFirst = cross("second", second, first).build();
    HeldCertificate thirdBySecond = cross("third", third, second).build();

    assertThat(of(first, third, thirdBySecond, secondByFirst)).containsExactly(third.certificate());
    assertRefused("vouches for the new root 'CN=third'", first, third, thirdBySecond);
  }

  @Test
  void refusesARootNobodyVouchesFor() {
    assertRefused("no root trusted so far vouches for the new root 'CN=second'", first, second);
    assertRefused(
        "CN=second", first, first, second, cross("first", first, second).build());
    // The name alone, another's key.
    assertRefused("CN=second", first, second, cross("second", third, first).build());
    assertRefused("CN=second", first, second, cross("other", second, first).build());
  }

  @Test
  void refusesAnIssuingCaThatMakesItselfARoot() {
    HeldCertificate itself = HeldCertificate.builder()
        .commonName("issuing")
        .keys(issuing.keys())
        .authority(NO_PATH_LENGTH)
        .build();

    assertRefused("vouches for the new root 'CN=issuing'", first, first, itself, issuing);
  }

  @Test
  void refusesARootOnlyAnIssuingCaVouchesFor() {
    HeldCertificate byIssuing = cross("second", second, issuing).build();

    assertRefused("vouches for the new root 'CN=second'", first, second, byIssuing, issuing);
  }

  @Test
  void refusesADeviceThatMakesItselfARoot() {
    HeldCertificate device =
        HeldCertificate.builder().commonName("d-1").signedBy(first).build();
    HeldCertificate itself = HeldCertificate.builder()
        .commonName("d-1")
        .keys(device.keys())
        .authority(1)
        .build();

    assertRefused("vouches for the new root 'CN=d-1'", first, first, itself, device);
  }

  @Test
  void refusesACrossCertificateThatMaySignNoCertificates() {
    HeldCertificate weak =
        cross("second", second, first).keyUsage(KeyUsage.cRLSign).build();

    assertRefused("CN=second", first, second, weak);
  }

  @Test
  void refusesWhatIsNotValidNow() {
    Instant hourAgo = now.minus(Duration.ofHours(1));
    Instant ended = now.minus(Duration.ofMinutes(1));
    HeldCertificate expired = HeldCertificate.builder()
        .commonName("expired")
        .authority(1)
        .validity(hourAgo, ended)
        .build();
    HeldCertificate early = HeldCertificate.builder()
        .commonName("early")
        .authority(1)
        .validity(now.plusSeconds(60), now.plusSeconds(120))
        .build();

    assertRefused("not now", first, expired, cross("expired", expired, first).build());
    assertRefused("not now", first, early, cross("early", early, first).build());
    HeldCertificate endedCross =
        cross("second", second, first).validity(hourAgo, ended).build();
    assertRefused("vouches for the new root 'CN=second'", first, second, endedCross);
  }

  @Test
  void refusesAnAnswerWithoutARoot() {
    assertRefused("no root", first);
    assertRefused("no root", first, issuing);
    // Self-signed and no CA; a CA of its own name and another's signature.
    assertRefused("no root", first, HeldCertificate.builder().commonName("web").build());
    assertRefused("no root", first, cross("first", second, first).build());
  }
}
