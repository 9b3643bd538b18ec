package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * What the registry knows of a certificate. It exists before the certificate's signature does.
 *
 * @param serial its serial number, unique
 * @param identity for whom: an SPIFFE ID, or {@code service} for the service's own
 * @param keySha256 SHA-256 of the SubjectPublicKeyInfo, lower-case hex
 * @param validity from when to when
 * @param state where it stands
 * @param content DER: the to-be-signed part while reserved, the certificate once issued
 * @param reservedAt when the serial was taken
 * @param issuer the id of the CA that signed or will sign it
 */
public record CertificateRecord(
    BigInteger serial,
    String identity,
    String keySha256,
    Validity validity,
    CertificateState state,
    byte[] content,
    Instant reservedAt,
    String issuer) {

  /** The certificate; only of one that was issued. */
  public X509Certificate certificate() {
    return Pem.certificate(content);
  }

  /** The serial as it stands in messages, in the feed and in the registry. */
  public String serialHex() {
    return serial.toString(16);
  }
}
