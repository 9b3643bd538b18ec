package io.mintmark.simulators.fleet;

import io.mintmark.identity.Credential;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * A credential as it was read from a {@link CredentialLog}. Key and chain belong together: they were
 * written as one record.
 *
 * @param key its private key. A secret
 * @param chain leaf first
 */
record StoredCredential(PrivateKey key, List<X509Certificate> chain) {

  static StoredCredential of(Credential credential) {
    return new StoredCredential(credential.key(), credential.chain());
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  Credential credential() {
    return new Credential(key, chain);
  }

  /** A P-256 key, as all of virtual devices are. */
  static PrivateKey key(byte[] pkcs8) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a P-256 key", e);
    }
  }

  static X509Certificate certificate(byte[] der) {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not a certificate", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "StoredCredential[" + certificate().getSubjectX500Principal() + "]";
  }
}
