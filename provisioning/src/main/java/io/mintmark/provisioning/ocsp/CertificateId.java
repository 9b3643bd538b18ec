package io.mintmark.provisioning.ocsp;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ocsp.CertID;

/**
 * A CertID (RFC 6960, section 4.1.1): an issuer by hashes of its name and key, and a serial number.
 * Equal to another of the same bytes, for answers repeat what was asked. Immutable.
 */
public final class CertificateId {

  private final CertID id;
  private final byte[] der;

  private CertificateId(CertID id, byte[] der) {
    this.id = id;
    this.der = der;
  }

  static CertificateId of(CertID id) throws IOException {
    // Read to the end now: a broken field is the request's fault, and is found while reading it.
    id.getSerialNumber().getValue();
    id.getIssuerKeyHash().getOctets();
    id.getIssuerNameHash().getOctets();
    return new CertificateId(id, id.getEncoded(ASN1Encoding.DER));
  }

  /** The serial number asked for. */
  public BigInteger serial() {
    return id.getSerialNumber().getValue();
  }

  CertID asn1() {
    return id;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CertificateId that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }
}
