package io.mintmark.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells the trust anchors in an answer of {@code /cacerts} (RFC 7030, section 4.1.3) from the rest,
 * and takes a new one only if those held vouch for it: with a certificate of its key, NewWithOld of
 * RFC 4210, section 4.4. So neither a mistake nor whoever got hold of an issuing CA's key makes
 * devices trust somebody else's root. Stateless.
 */
public final class VouchedBundle {

  private static final int NO_PATH_LENGTH = Integer.MAX_VALUE;
  private static final int KEY_CERT_SIGN = 5;

  private VouchedBundle() {}

  /**
   * The anchors to hold from now on: the self-signed CAs of the answer.
   *
   * @param answer all of it, in any order
   * @param held the anchors trusted so far; of these no questions are asked
   * @param now when new ones have to be valid
   * @return at least one
   * @throws IllegalArgumentException naming what is wrong with the answer, or which root is not
   *     valid or not vouched for
   */
  public static List<X509Certificate> of(
      Collection<X509Certificate> answer, Collection<X509Certificate> held, Instant now) {
    List<X509Certificate> roots =
        answer.stream().filter(VouchedBundle::isRoot).distinct().toList();
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("there is no root among the CA certificates");
    }
    for (X509Certificate root : roots) {
      if (!held.contains(root)) {
        requireValid(root, now);
        requireVouched(root, answer, held, now);
      }
    }
    return roots;
  }

  /** Name and signature, as a cross certificate of a root with a new key has its name twice too. */
  private static boolean isRoot(X509Certificate certificate) {
    if (certificate.getBasicConstraints() < 0
        || !certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * What a root signs for another and for no issuing CA: a CA as free as itself. PKIX would let an
   * issuing CA, whose path length is 0, end a path in any CA it likes.
   */
  private static boolean isCross(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return certificate.getBasicConstraints() == NO_PATH_LENGTH
        && (usage == null || usage[KEY_CERT_SIGN])
        && !isRoot(certificate);
  }

  private static void requireValid(X509Certificate root, Instant now) {
    Validity validity = Validity.of(root);
    if (!validity.contains(now)) {
      throw new IllegalArgumentException("the new root " + name(root) + " is valid from "
          + validity.notBefore() + " to " + validity.notAfter() + ", not now");
    }
  }

  private static void requireVouched(
      X509Certificate root,
      Collection<X509Certificate> answer,
      Collection<X509Certificate> held,
      Instant now) {
    X509CertSelector vouching = new X509CertSelector();
    vouching.setSubject(root.getSubjectX500Principal());
    vouching.setSubjectPublicKey(root.getPublicKey());
    Set<TrustAnchor> anchors =
        held.stream().map(anchor -> new TrustAnchor(anchor, null)).collect(Collectors.toSet());
    try {
      // By way of roots that came in between, for a device that was away for more than one change.
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, vouching);
      List<X509Certificate> crosses =
          answer.stream().filter(VouchedBundle::isCross).toList();
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(crosses)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (CertPathBuilderException e) {
      throw new IllegalArgumentException(
          "no root trusted so far vouches for the new root " + name(root), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot build certification paths", e);
    }
  }

  private static String name(X509Certificate root) {
    return "'" + Printable.of(root.getSubjectX500Principal().getName()) + "'";
  }
}
