package io.mintmark.provisioning.ca;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a certificate may be used for in TLS (extendedKeyUsage; RFC 5280, section 4.2.1.12). */
public enum Purpose {
  /** As a TLS client: what opens the broker, renewal and the feed. */
  CLIENT_AUTH("client-auth"),
  /** As a TLS server. */
  SERVER_AUTH("server-auth");

  private final String word;

  Purpose(String word) {
    this.word = word;
  }

  /** As a fleet's YAML writes it. */
  public String word() {
    return word;
  }

  /** The object identifier in the extension. */
  public KeyPurposeId id() {
    return this == CLIENT_AUTH ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth;
  }

  /** Whether the certificate has exactly these purposes, in this order. */
  static boolean areThoseOf(X509Certificate certificate, List<Purpose> purposes) {
    try {
      List<String> expected = purposes.stream().map(p -> p.id().getId()).toList();
      return expected.equals(certificate.getExtendedKeyUsage());
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
