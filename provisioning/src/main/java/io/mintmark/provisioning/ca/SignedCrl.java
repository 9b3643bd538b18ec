package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;

/** A CRL somebody hands in. Immutable. */
public final class SignedCrl {

  private final X509CRL crl;
  private final long number;

  private SignedCrl(X509CRL crl, long number) {
    this.crl = crl;
    this.number = number;
  }

  /**
   * Reads one that has a number and an end.
   *
   * @throws IllegalArgumentException if it is not such a one
   */
  public static SignedCrl read(byte[] der) {
    try {
      X509CRL crl = (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      byte[] number = crl == null ? null : crl.getExtensionValue(Extension.cRLNumber.getId());
      if (number == null || crl.getNextUpdate() == null) {
        throw new IllegalArgumentException("it has no cRLNumber or no nextUpdate");
      }
      return new SignedCrl(
          crl,
          ASN1Integer.getInstance(ASN1OctetString.getInstance(number).getOctets())
              .longValueExact());
    } catch (CRLException | CertificateException | ArithmeticException e) {
      throw new IllegalArgumentException(Printable.of(String.valueOf(e.getMessage())), e);
    }
  }

  /** Its cRLNumber. */
  public long number() {
    return number;
  }

  /** From when on it holds. */
  public Instant thisUpdate() {
    return crl.getThisUpdate().toInstant();
  }

  /** When there is another at the latest. */
  public Instant nextUpdate() {
    return crl.getNextUpdate().toInstant();
  }

  /** What it lists. */
  public Set<BigInteger> serials() {
    return crl.getRevokedCertificates() == null
        ? Set.of()
        : crl.getRevokedCertificates().stream()
            .map(X509CRLEntry::getSerialNumber)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a CA signed it, in its own name. */
  public boolean isSignedBy(X509Certificate ca) {
    try {
      crl.verify(ca.getPublicKey());
      return crl.getIssuerX500Principal().equals(ca.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
