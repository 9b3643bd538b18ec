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
import java.time.Instant;
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
 * names they carry. TLS has just verified the signatures and the JDK remembers that. Thread-safe.
 *
 * <p>The CAs above a device's certificate are few, and the same for many. So the first certificate
 * below them goes through all of the JDK's path validation, and those after it through what {@link
 * ProvenCas} asks; of what else the JDK asks of a certificate, TLS has.
 */
final class ChainCheck {

  /**
   * The trust of one time.
   *
   * @param names of the keys of the CAs met so far; few
   */
  private record Standing(
      Set<TrustAnchor> anchors,
      Set<X509Certificate> roots,
      Set<String> withdrawn,
      Map<X509Certificate, String> names,
      ProvenCas<List<X509Certificate>, List<String>> proven) {}

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
    standing = new Standing(
        anchors,
        Set.copyOf(trust.anchors()),
        trust.withdrawn(),
        new ConcurrentHashMap<>(),
        new ProvenCas<>());
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
    if (chain.isEmpty() || now.roots().contains(chain.get(0))) {
      throw new RefusedException(Refusal.UNTRUSTED, "a trust anchor is nobody's certificate");
    }
    if (now.anchors().isEmpty()) {
      throw new RefusedException(Refusal.UNTRUSTED, "nobody is trusted");
    }
    Instant moment = clock.instant();
    Optional<List<String>> proven =
        now.proven().of(chain.subList(1, chain.size()), chain.get(0), moment);
    return proven.isPresent() ? proven.get() : validated(now, chain, moment);
  }

  /** By all of the JDK's rules, which also find the words for what is wrong. */
  private static List<String> validated(Standing now, List<X509Certificate> chain, Instant moment)
      throws RefusedException {
    try {
      List<X509Certificate> path = path(now.anchors(), chain);
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
      PKIXParameters parameters = new PKIXParameters(now.anchors());
      // Revocation is the feed's: denials are read after this.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(moment));
      PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult)
          CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
      List<X509Certificate> cas = new ArrayList<>(path.subList(1, path.size()));
      cas.add(result.getTrustAnchor().getTrustedCert());
      List<String> names = names(now, cas);
      now.proven().add(List.copyOf(chain.subList(1, chain.size())), cas, names, moment);
      return names;
    } catch (CertPathValidatorException e) {
      boolean over = e.getIndex() == 0
          && (e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID);
      throw new RefusedException(over ? Refusal.EXPIRED : Refusal.UNTRUSTED, e.getMessage());
    } catch (GeneralSecurityException e) {
      throw new RefusedException(Refusal.UNTRUSTED, e.getMessage());
    }
  }

  private static List<String> names(Standing now, List<X509Certificate> cas)
      throws RefusedException {
    List<String> names = new ArrayList<>();
    for (X509Certificate ca : cas) {
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
