package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Makes operational certificates as a forger would: every name right, no signature that counts.
 * Nothing here knows a key that is not its own.
 *
 * @param clock dates the forgeries
 */
record Forger(Clock clock) {

  /** The subject's names under a signature of its own key. */
  Credential selfSigned(Identity subject) {
    KeyPair keys = CertificateRequest.newKeyPair();
    X500Name name = name(subject);
    return new Credential(keys.getPrivate(), List.of(leaf(subject, keys).sign(name, keys)));
  }

  /**
   * The subject's names under a CA of the forger's, root and issuer named as the real ones.
   *
   * @param genuine a chain of the installation, leaf first
   * @param root its root
   */
  Credential lookalike(Identity subject, List<X509Certificate> genuine, X509Certificate root) {
    KeyPair rootKeys = CertificateRequest.newKeyPair();
    X500Name rootName = subjectOf(root);
    X509Certificate forgedRoot = authority(rootName, rootKeys, 1).sign(rootName, rootKeys);
    KeyPair issuerKeys = CertificateRequest.newKeyPair();
    X500Name issuerName =
        X500Name.getInstance(genuine.get(0).getIssuerX500Principal().getEncoded());
    X509Certificate forgedIssuer = authority(issuerName, issuerKeys, 0).sign(rootName, rootKeys);
    KeyPair keys = CertificateRequest.newKeyPair();
    return new Credential(
        keys.getPrivate(),
        List.of(leaf(subject, keys).sign(issuerName, issuerKeys), forgedIssuer, forgedRoot));
  }

  /**
   * The subject's names under a forged signature, shown together with the real issuer's
   * certificate.
   *
   * @param genuine a chain of the installation, leaf first
   */
  Credential underRealIssuer(Identity subject, List<X509Certificate> genuine) {
    KeyPair forged = CertificateRequest.newKeyPair();
    KeyPair keys = CertificateRequest.newKeyPair();
    X500Name issuer =
        X500Name.getInstance(genuine.get(0).getIssuerX500Principal().getEncoded());
    List<X509Certificate> chain = new ArrayList<>(genuine);
    chain.set(0, leaf(subject, keys).sign(issuer, forged));
    return new Credential(keys.getPrivate(), chain);
  }

  private CertificateDraft leaf(Identity subject, KeyPair keys) {
    return draft(name(subject), keys, CertificateDraft.LEAF, subject.spiffeId());
  }

  private CertificateDraft authority(X500Name name, KeyPair keys, int pathLength) {
    return draft(name, keys, pathLength, null);
  }

  private CertificateDraft draft(X500Name name, KeyPair keys, int pathLength, String uri) {
    Instant now = clock.instant();
    return new CertificateDraft(
        name,
        keys.getPublic(),
        pathLength,
        uri,
        now.minus(Duration.ofMinutes(1)),
        now.plus(Duration.ofHours(1)));
  }

  private static X500Name name(Identity subject) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.CN, subject.name())
        .build();
  }

  private static X500Name subjectOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }
}
