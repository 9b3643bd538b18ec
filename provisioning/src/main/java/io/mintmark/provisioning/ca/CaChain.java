package io.mintmark.provisioning.ca;

import io.mintmark.identity.Issued;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way from an issuing CA that somebody certified up to a root, held to what we need of it.
 * Immutable.
 *
 * @param issuing the issuing CA
 * @param between those between it and its root, in order; often none
 * @param root self-signed
 */
public record CaChain(
    X509Certificate issuing, List<X509Certificate> between, X509Certificate root) {

  private static final int LONGEST = 6;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  /** Copies the list. */
  public CaChain {
    between = List.copyOf(between);
  }

  /**
   * Builds the chain and checks it.
   *
   * @param given the issuing CA's certificate, then others in any order
   * @param roots those known here already
   * @param trustDomain of what will be issued, which name constraints have to leave room for
   * @throws CaChainException naming the certificate and the rule it breaks
   */
  public static CaChain of(
      List<X509Certificate> given,
      Collection<X509Certificate> roots,
      TrustDomain trustDomain,
      Instant now)
      throws CaChainException {
    X509Certificate issuing = given.get(0);
    require(!isSelfSigned(issuing), issuing, "signed itself: an issuing CA is signed by a root");
    requireCa(issuing);
    Set<X509Certificate> known = new LinkedHashSet<>(given);
    known.addAll(roots);
    List<X509Certificate> path = new ArrayList<>(List.of(issuing));
    X509Certificate last = issuing;
    while (!isSelfSigned(last)) {
      last = issuerOf(last, known);
      requireCa(last);
      requirePathLength(last, path.size());
      path.add(last);
      require(path.size() <= LONGEST, issuing, "is further from its root than we follow");
    }
    requireValidity(path, now);
    for (X509Certificate ca : path) {
      String narrow = IssuedNames.fault(ca, trustDomain);
      require(narrow == null, ca, narrow);
    }
    List<X509Certificate> below = path.subList(0, path.size() - 1);
    String fault = Chains.fault(below, List.of(last), now);
    if (fault != null) {
      throw new CaChainException(issuing, fault);
    }
    return new CaChain(issuing, below.subList(1, below.size()), last);
  }

  private static X509Certificate issuerOf(
      X509Certificate certificate, Collection<X509Certificate> known) throws CaChainException {
    Optional<X509Certificate> issuer = known.stream()
        .filter(ca -> !ca.equals(certificate) && Issued.by(certificate, ca))
        .findFirst();
    return issuer.orElseThrow(() -> new CaChainException(
        certificate,
        "was issued by '"
            + Printable.of(certificate.getIssuerX500Principal().getName())
            + "', which is neither given nor a root known here: give the certificates up to the"
            + " root (--chain FILE)"));
  }

  /** RFC 5280, sections 4.2.1.3 and 4.2.1.9. */
  private static void requireCa(X509Certificate ca) throws CaChainException {
    require(ca.getBasicConstraints() >= 0, ca, "is no CA's: its basicConstraints lack CA=true");
    boolean[] usage = ca.getKeyUsage();
    require(
        usage != null && usage[KEY_CERT_SIGN],
        ca,
        "must not sign certificates: its keyUsage lacks keyCertSign");
    require(usage[CRL_SIGN], ca, "must not sign CRLs: its keyUsage lacks cRLSign");
  }

  /**
   * PKIX does not count the last CA of a path, which is a CA that will sign all the same.
   *
   * @param below CAs below it
   */
  private static void requirePathLength(X509Certificate ca, int below) throws CaChainException {
    require(
        ca.getBasicConstraints() >= below,
        ca,
        "has a path length of " + ca.getBasicConstraints() + ", and there are " + below
            + " CAs below it");
  }

  private static void requireValidity(List<X509Certificate> path, Instant now)
      throws CaChainException {
    for (int i = 0; i < path.size(); i++) {
      X509Certificate ca = path.get(i);
      Validity validity = Validity.of(ca);
      require(!now.isAfter(validity.notAfter()), ca, "expired at " + validity.notAfter());
      require(
          !now.isBefore(validity.notBefore()), ca, "is not valid before " + validity.notBefore());
      if (i + 1 < path.size()) {
        Instant end = Validity.of(path.get(i + 1)).notAfter();
        require(
            !validity.notAfter().isAfter(end),
            ca,
            "outlives its issuer: it is valid until " + validity.notAfter() + ", that until "
                + end);
      }
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    return Issued.by(certificate, certificate);
  }

  private static void require(boolean rule, X509Certificate certificate, String otherwise)
      throws CaChainException {
    if (!rule) {
      throw new CaChainException(certificate, otherwise);
    }
  }
}
