package io.mintmark.broker;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the chain of a TLS session may be trusted to say who is at the other end. */
interface ChainCheck {

  /** The listener's trust store holds our anchors and nothing else: TLS has checked the chain. */
  ChainCheck DONE_BY_TLS = chain -> {};

  /**
   * Judges a chain.
   *
   * @param chain as the client showed it, leaf first
   * @throws RefusedException if it does not end in one of our anchors
   */
  void require(List<X509Certificate> chain) throws RefusedException;

  /**
   * For a listener somebody else configured: its trust store may hold other CAs too, and what those
   * certify is not our identity, whatever names it carries.
   */
  final class AgainstAnchors implements ChainCheck {

    private final Clock clock;
    private volatile Set<TrustAnchor> anchors;

    AgainstAnchors(Collection<X509Certificate> anchors, Clock clock) {
      this.clock = clock;
      trust(anchors);
    }

    /** From now on these. */
    void trust(Collection<X509Certificate> certificates) {
      // The JDK heeds a root's name constraints only if they are handed over with it.
      anchors = certificates.stream()
          .map(c -> new TrustAnchor(c, nameConstraints(c)))
          .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void require(List<X509Certificate> chain) throws RefusedException {
      try {
        if (chain.isEmpty() || isAnchor(chain.get(0))) {
          throw new RefusedException(Refusal.UNTRUSTED, "a trust anchor is nobody's certificate");
        }
        CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path(chain));
        PKIXParameters parameters = new PKIXParameters(anchors);
        // Revocation is the feed's: denials are read after this.
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(clock.instant()));
        CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
      } catch (GeneralSecurityException e) {
        throw new RefusedException(Refusal.UNTRUSTED, e.getMessage());
      }
    }

    /**
     * From the leaf to what one of our anchors issued. During a change of roots clients show a cross
     * certificate too (RFC 4210, section 4.4), for who trusts only the other root; others show what
     * belongs to no path at all.
     */
    private List<X509Certificate> path(List<X509Certificate> chain) {
      List<X509Certificate> path = new ArrayList<>();
      Optional<X509Certificate> next = Optional.of(chain.get(0));
      while (next.isPresent()) {
        X509Certificate last = next.get();
        path.add(last);
        next = anchors.stream().anyMatch(a -> isIssued(last, a.getTrustedCert()))
            ? Optional.empty()
            : chain.stream().filter(c -> !path.contains(c) && isIssued(last, c)).findFirst();
      }
      return path;
    }

    private static boolean isIssued(X509Certificate certificate, X509Certificate issuer) {
      if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
        return false;
      }
      try {
        certificate.verify(issuer.getPublicKey());
        return true;
      } catch (GeneralSecurityException e) {
        return false;
      }
    }

    private boolean isAnchor(X509Certificate certificate) {
      return anchors.stream().anyMatch(a -> a.getTrustedCert().equals(certificate));
    }

    /** OID 2.5.29.30 (RFC 5280, section 4.2.1.10), without the OCTET STRING around it. */
    private static byte[] nameConstraints(X509Certificate certificate) {
      byte[] extension = certificate.getExtensionValue("2.5.29.30");
      if (extension == null) {
        return null;
      }
      boolean shortLength = extension[1] >= 0;
      int header = shortLength ? 2 : 2 + (extension[1] & 0x7f);
      return Arrays.copyOfRange(extension, header, extension.length);
    }
  }
}
