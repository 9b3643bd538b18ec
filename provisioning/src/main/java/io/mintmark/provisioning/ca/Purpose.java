package io.mintmark.provisioning.ca;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a certificate may be used for (extendedKeyUsage; RFC 5280, section 4.2.1.12). */
public enum Purpose {
  /** As a TLS client: what opens the broker, renewal and the feed. */
  CLIENT_AUTH("client-auth"),
  /** As a TLS server. */
  SERVER_AUTH("server-auth"),
  /** To sign OCSP answers in its issuer's name: our own responder's, never a device's. */
  OCSP_SIGNING("ocsp-signing");

  private final String word;

  Purpose(String word) {
    this.word = word;
  }

  /** As a fleet's YAML writes it. */
  public String word() {
    return word;
  }

  /** Those a fleet may give its devices. */
  public static List<Purpose> ofDevices() {
    return List.of(CLIENT_AUTH, SERVER_AUTH);
  }

  KeyPurposeId id() {
    return switch (this) {
      case CLIENT_AUTH -> KeyPurposeId.id_kp_clientAuth;
      case SERVER_AUTH -> KeyPurposeId.id_kp_serverAuth;
      case OCSP_SIGNING -> KeyPurposeId.id_kp_OCSPSigning;
    };
  }

  /** The extension that says them. */
  public static ExtendedKeyUsage extension(List<Purpose> purposes) {
    return new ExtendedKeyUsage(purposes.stream().map(Purpose::id).toArray(KeyPurposeId[]::new));
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
