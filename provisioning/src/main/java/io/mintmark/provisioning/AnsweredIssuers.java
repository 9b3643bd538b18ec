package io.mintmark.provisioning;

import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.ocsp.IssuerHashes;
import java.util.List;
import java.util.function.Supplier;

/**
 * The issuing CAs OCSP is answered for: those whose key is at hand to certify a responder. Not the
 * roots: theirs are far away, and their CRLs say it all. Thread-safe.
 */
final class AnsweredIssuers implements Supplier<List<OcspResponder.Answered>> {

  /** Of one moment: worked out again only when the hierarchy is another. */
  private record Known(Hierarchy of, List<OcspResponder.Answered> issuers) {}

  private final CertificateAuthority authority;
  private final ResponderCredentials responders;
  private volatile Known known;

  AnsweredIssuers(CertificateAuthority authority, ResponderCredentials responders) {
    this.authority = authority;
    this.responders = responders;
  }

  @Override
  public List<OcspResponder.Answered> get() {
    Hierarchy hierarchy = authority.hierarchy();
    Known before = known;
    if (before != null && before.of() == hierarchy) {
      return before.issuers();
    }
    List<OcspResponder.Answered> issuers = hierarchy.issuers().stream()
        .filter(i -> i.role() == Issuer.Role.ISSUING && authority.signer(i.id()).isPresent())
        .map(i -> new OcspResponder.Answered(
            i.id(),
            Validity.of(i.certificate()),
            new IssuerHashes(i.certificate()),
            () -> responders.of(i.id())))
        .toList();
    known = new Known(hierarchy, issuers);
    return issuers;
  }
}
