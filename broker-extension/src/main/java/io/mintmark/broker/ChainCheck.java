package io.mintmark.broker;

import io.mintmark.identity.Issued;
import io.mintmark.identity.KeyId;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Whether the chain of a TLS session may be trusted to say who is at the other end, asked at each
 * CONNECT, though TLS has checked the chain: HiveMQ takes up to 10 s to notice that its trust store
 * has changed, a resumed session was checked by the trust of its day, and the store of a listener
 * somebody else configured may hold other CAs, whose certificates are not our identities whatever
 * names they carry. TLS has just verified the signatures and the JDK remembers that, so this costs
 * little. Thread-safe.
 */
final class ChainCheck {

  /**
   * The trust of one time.
   *
   * @param names of the keys of the CAs met so far; few
   */
  private record Standing(
      Set<TrustAnchor> anchors, Set<String> withdrawn, Map<X509Certificate, String> names) {}

  private final Clock clock;
  private volatile Standing standing;

  ChainCheck(Trust trust, Clock clock) {
    this.clock = clock;
    trust(trust);
  }

  /** From now on this. */
  void trust(Trust trust) {
    // The JDK heeds a root's name constraints only if they are handed over with it.
    Set<TrustAnchor> anchors = trust.anchors().stream()
        .map(c -> new TrustAnchor(c, nameConstraints(c)))
        .collect(Collectors.toUnmodifiableSet());
    standing = new Standing(anchors, trust.withdrawn(), new ConcurrentHashMap<>());
  }

  /**
   * Judges a chain.
   *
   * @param chain as the other side showed it, leaf first
   * @return the CAs it rests on, as of {@link KeyId}, the root last
   * @throws RefusedException if the leaf is not valid now, it does not lead to one of our anchors, or
   *     by way of a key that was withdrawn
   */
  List<String> require(List<X509Certificate> chain) throws RefusedException {
    Standing now = standing;
    try {
      if (chain.isEmpty() || isAnchor(now, chain.get(0))) {
        throw new RefusedException(Refusal.UNTRUSTED, "a trust anchor is nobody's certificate");
      }
      if (now.anchors().isEmpty()) {
        throw new RefusedException(Refusal.UNTRUSTED, "nobody is trusted");
      }
      List<X509Certificate> path = path(now.anchors(), chain);
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
      PKIXParameters parameters = new PKIXParameters(now.anchors());
      // Revocation is the feed's: denials are read after this.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult)
          CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
      return above(now, path, result.getTrustAnchor().getTrustedCert());
    } catch (CertPathValidatorException e) {
      boolean over = e.getIndex() == 0
          && (e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID);
      throw new RefusedException(over ? Refusal.EXPIRED : Refusal.UNTRUSTED, e.getMessage());
    } catch (GeneralSecurityException e) {
      throw new RefusedException(Refusal.UNTRUSTED, e.getMessage());
    }
  }

  private static List<String> above(
      Standing now, List<X509Certificate> path, X509Certificate anchor) throws RefusedException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= path.size(); i++) {
      X509Certificate ca = i < path.size() ? path.get(i) : anchor;
      String name = now.names().computeIfAbsent(ca, c -> KeyId.of(c.getPublicKey()));
      if (now.withdrawn().contains(name)) {
        throw new RefusedException(Refusal.UNTRUSTED, "CA " + name + " was withdrawn");
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  /**
   * From the leaf to what one of our anchors issued. During a change of roots clients show a cross
   * certificate too (RFC 4210, section 4.4), for who trusts only the other root; others show what
   * belongs to no path at all.
   */
  private static List<X509Certificate> path(
      Collection<TrustAnchor> anchors, List<X509Certificate> chain) {
    List<X509Certificate> path = new ArrayList<>();
    Optional<X509Certificate> next = Optional.of(chain.get(0));
    while (next.isPresent()) {
      X509Certificate last = next.get();
      path.add(last);
      next = anchors.stream().anyMatch(a -> Issued.by(last, a.getTrustedCert()))
          ? Optional.empty()
          : chain.stream().filter(c -> !path.contains(c) && Issued.by(last, c)).findFirst();
    }
    return path;
  }

  private static boolean isAnchor(Standing now, X509Certificate certificate) {
    return now.anchors().stream().anyMatch(a -> a.getTrustedCert().equals(certificate));
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
