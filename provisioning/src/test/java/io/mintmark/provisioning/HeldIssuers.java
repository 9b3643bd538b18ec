package io.mintmark.provisioning;

import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ca.Signer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** CAs of the installation made from certificates tests hold. */
public final class HeldIssuers {

  private HeldIssuers() {}

  /** One root, one issuing CA. */
  public static CertificateAuthority authority(HeldCertificate root, HeldCertificate issuing) {
    Issuer active = issuer(Role.ISSUING, State.ACTIVE, issuing);
    return new CertificateAuthority(
        new Hierarchy(List.of(issuer(Role.ROOT, State.ACTIVE, root), active)),
        Map.of(active.id(), Signer.of(issuing.keys().getPrivate())));
  }

  public static Issuer issuer(
      Role role, State state, HeldCertificate held, X509Certificate... others) {
    Issuer made =
        Issuer.prepared(role, held.certificate(), List.of(others), "ca/held.p12", Instant.EPOCH);
    return new Issuer(
        made.id(),
        role,
        state,
        made.certificate(),
        made.others(),
        made.keyRef(),
        Instant.EPOCH,
        null,
        null,
        null);
  }
}
