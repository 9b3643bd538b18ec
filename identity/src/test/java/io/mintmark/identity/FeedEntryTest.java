package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeedEntryTest {

  @Test
  void anEntryHoldsExactlyOneContent() {
    Denial denial = Denial.ofSerial(new BigInteger("0abc", 16), "revoked", Instant.EPOCH);
    FleetPolicy fleet = new FleetPolicy("f", "${device}", TopicGrants.NONE, false);
    assertThat(new FeedEntry(1, null, null, denial, null).denial().subject()).isEqualTo("abc");
    assertThatThrownBy(() -> new FeedEntry(7, null, null, null, null)).hasMessageContaining("7");
    assertThatThrownBy(() -> new FeedEntry(7, fleet, null, denial, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void liftingKeepsTheSubject() {
    Identity app = new Identity.Application(new TrustDomain("example.org"), "a");
    Denial lifted = Denial.ofIdentity(app, "suspended").lift();
    assertThat(lifted.lifted()).isTrue();
    assertThat(lifted.subject()).isEqualTo(app.spiffeId());
  }

  @Test
  void aBundleReadsBack() {
    HeldCertificate root = HeldCertificate.builder().authority(1).build();
    assertThat(Bundle.of(List.of(root.certificate())).anchors())
        .containsExactly(root.certificate());
  }
}
