package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.KeyId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpAuthorityTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final String WHO = "spiffe://example.org/fleet/warm-up/device/warm-up-1";

  private final WarmUpAuthority authority = new WarmUpAuthority(NOW);

  @Test
  void certificatesAreOfTheSameMakeAsADevices() throws Exception {
    Credential client = authority.client("warm-up-1", WHO);
    assertThat(client.identity()).isEqualTo(Identity.parse(WHO));
    assertThat(client.chain()).hasSize(2);
    ChainCheck check = new ChainCheck(Trust.of(List.of(authority.root())), CLOCK);
    assertThat(check.require(client.chain()))
        .endsWith(KeyId.of(authority.root().getPublicKey()))
        .hasSize(2);
    assertThat(client.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(client.certificate().getBasicConstraints()).isEqualTo(-1);
    assertThat(authority.server().certificate().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(authority.client("warm-up-1", WHO).certificate()).isNotEqualTo(client.certificate());
  }

  @Test
  void anyOtherTrustRefusesThem() {
    ChainCheck check = new ChainCheck(Trust.of(List.of(new WarmUpAuthority(NOW).root())), CLOCK);
    assertThatThrownBy(() -> check.require(authority.client("warm-up-1", WHO).chain()))
        .isInstanceOf(RefusedException.class);
  }
}
