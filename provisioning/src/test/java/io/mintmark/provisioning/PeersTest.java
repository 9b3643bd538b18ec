package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whose certificates count after the issuing CA has changed. */
class PeersTest {

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("root").authority(1).build();
  private final HeldCertificate before = issuing("before");
  private final HeldCertificate now = issuing("now");
  private final HeldCertificate device = HeldCertificate.builder()
      .commonName("d-1")
      .uri("spiffe://example.org/fleet/sensors/device/d-1")
      .signedBy(before)
      .build();

  private HeldCertificate issuing(String name) {
    return HeldCertificate.builder()
        .commonName(name)
        .authority(0)
        .signedBy(root)
        .build();
  }

  private Peers peers(State rootIs, State beforeIs) {
    Issuer active = HeldIssuers.issuer(Role.ISSUING, State.ACTIVE, now);
    Hierarchy hierarchy = new Hierarchy(List.of(
        HeldIssuers.issuer(Role.ROOT, rootIs, root),
        HeldIssuers.issuer(Role.ISSUING, beforeIs, before),
        active));
    CertificateAuthority authority = new CertificateAuthority(
        hierarchy, Map.of(active.id(), Signer.of(now.keys().getPrivate())));
    return new Peers(
        authority,
        new TrustDomain("example.org"),
        (certificate, identity, issuer) -> {},
        Clock.systemUTC());
  }

  @Test
  void includeThoseOfARetiredIssuingCa() throws Exception {
    assertThat(peers(State.ACTIVE, State.RETIRED)
            .identify(device.chain())
            .identity()
            .name())
        .isEqualTo("d-1");
  }

  @Test
  void excludeThoseOfARevokedOrUnusedIssuingCaOrOfARootThatIsGone() {
    for (Peers peers : List.of(
        peers(State.ACTIVE, State.REVOKED),
        peers(State.ACTIVE, State.PREPARED),
        peers(State.RETIRED, State.RETIRED))) {
      assertRefused(
          Refusal.Kind.FORBIDDEN,
          "was not issued by a CA trusted here",
          () -> peers.identify(device.chain()));
    }
  }
}
