package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Makes operational and bootstrap certificates as a forger would: every name right, no signature that
 * counts. Nothing here knows a key that is not its own.
 *
 * @param clock dates the forgeries
 */
record Forger(Clock clock) {

  /** The subject's names under a signature of its own key. */
  Credential selfSigned(Identity subject) {
    Forgery leaf = leaf(subject);
    return new Credential(leaf.key(), List.of(leaf.selfSigned()));
  }

  /**
   * The subject's names under a CA of the forger's, root and issuer named as the real ones.
   *
   * @param genuine a chain of the installation, leaf first
   * @param root its root
   */
  Credential lookalike(Identity subject, List<X509Certificate> genuine, X509Certificate root) {
    Forgery forgedRoot = new Forgery(Forgery.subjectOf(root), clock.instant()).authority(1);
    X509Certificate rootCertificate = forgedRoot.selfSigned();
    Forgery forgedIssuer = new Forgery(issuerOf(genuine.get(0)), clock.instant()).authority(0);
    X509Certificate issuerCertificate = forgedIssuer.sign(
        Forgery.subjectOf(root), rootCertificate.getPublicKey(), forgedRoot.key());
    Forgery leaf = leaf(subject);
    X509Certificate certificate =
        leaf.sign(issuerOf(genuine.get(0)), issuerCertificate.getPublicKey(), forgedIssuer.key());
    return new Credential(leaf.key(), List.of(certificate, issuerCertificate, rootCertificate));
  }

  /**
   * The subject's names under a forged signature, shown together with the real issuer's
   * certificate.
   *
   * @param genuine a chain of the installation, leaf first
   */
  Credential underRealIssuer(Identity subject, List<X509Certificate> genuine) {
    Forgery leaf = leaf(subject);
    List<X509Certificate> chain = new ArrayList<>(genuine);
    chain.set(0, leaf.sign(issuerOf(genuine.get(0)), issuerKey(genuine), leaf.key()));
    return new Credential(leaf.key(), chain);
  }

  /**
   * The subject's names under a CA of the forger's that calls itself one of the real issuer's.
   *
   * @param genuine a chain of the installation, leaf first
   */
  Credential belowForgedIntermediate(Identity subject, List<X509Certificate> genuine) {
    Forgery extra = new Forgery("more issuing", clock.instant()).authority(0);
    X509Certificate certificate =
        extra.sign(issuerOf(genuine.get(0)), issuerKey(genuine), extra.key());
    Forgery leaf = leaf(subject);
    List<X509Certificate> chain = new ArrayList<>(genuine);
    chain.set(0, certificate);
    chain.add(
        0, leaf.sign(Forgery.subjectOf(certificate), certificate.getPublicKey(), extra.key()));
    return new Credential(leaf.key(), chain);
  }

  /** A bootstrap certificate of a factory that only looks like the real one. */
  Credential lookalikeBootstrap(String device, X509Certificate factory) {
    Forgery root = new Forgery(Forgery.subjectOf(factory), clock.instant()).authority(0);
    Credential authority = new Credential(root.key(), List.of(root.selfSigned()));
    return bootstrap(device).signedBy(authority);
  }

  /** A bootstrap certificate not signed yet: the device's id as serialNumber and CN. */
  Forgery bootstrap(String device) {
    X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.SERIALNUMBER, device)
        .addRDN(BCStyle.CN, device)
        .build();
    return new Forgery(subject, clock.instant());
  }

  /** An operational certificate not signed yet, with the subject's names. */
  Forgery leaf(Identity subject) {
    return new Forgery(subject.name(), clock.instant()).uri(subject.spiffeId());
  }

  private static X500Name issuerOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getIssuerX500Principal().getEncoded());
  }

  /** The issuer's key; its own where the chain does not show it. */
  private static java.security.PublicKey issuerKey(List<X509Certificate> genuine) {
    return genuine.get(genuine.size() > 1 ? 1 : 0).getPublicKey();
  }
}
