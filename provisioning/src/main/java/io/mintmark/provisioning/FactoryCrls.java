package io.mintmark.provisioning;

import io.mintmark.identity.Printable;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the CRLs of factory CAs and says which of them can be relied on. */
final class FactoryCrls {

  private static final String DELTA = "2.5.29.27";
  private static final int CRL_SIGN = 6;

  private FactoryCrls() {}

  /**
   * The CRLs of a file, PEM or DER.
   *
   * @throws IllegalArgumentException if there is none, or one cannot be read
   */
  static List<X509CRL> read(byte[] bytes) {
    try {
      List<X509CRL> crls = new ArrayList<>();
      for (CRL crl :
          CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes))) {
        crls.add((X509CRL) crl);
      }
      if (crls.isEmpty()) {
        throw new IllegalArgumentException("no CRL found");
      }
      return crls;
    } catch (CertificateException | CRLException e) {
      throw new IllegalArgumentException(
          "not a CRL in PEM or DER: " + Printable.of(e.getMessage()));
    }
  }

  /** DER. */
  static byte[] der(X509CRL crl) {
    try {
      return crl.getEncoded();
    } catch (CRLException e) {
      throw new IllegalStateException("a CRL that was decoded cannot be encoded", e);
    }
  }

  /**
   * Holds a CRL to what an enrolment will need of it.
   *
   * @param factoryCas of the fleet
   * @throws IllegalArgumentException if it is a delta, has no end or is past it, or was not signed
   *     by one of the CAs
   */
  static void check(X509CRL crl, List<X509Certificate> factoryCas, Instant now) {
    String name = "factory CRL of '" + Printable.of(crl.getIssuerX500Principal().getName()) + "' ";
    if (factoryCas.stream().noneMatch(ca -> isBy(crl, ca))) {
      throw new IllegalArgumentException(
          name + "is not signed by one of the factory-cas: add the CA that signs it there");
    }
    if (crl.getExtensionValue(DELTA) != null) {
      throw new IllegalArgumentException(name + "is a delta: a complete one is needed");
    }
    if (crl.getNextUpdate() == null) {
      throw new IllegalArgumentException(
          name + "has no nextUpdate: nobody could tell when it is out of date (RFC 5280, 5.1.2.5)");
    }
    if (crl.getThisUpdate().toInstant().isAfter(now)) {
      throw new IllegalArgumentException(
          name + "is not valid before " + crl.getThisUpdate().toInstant());
    }
    if (crl.getNextUpdate().toInstant().isBefore(now)) {
      throw new IllegalArgumentException(
          name + "expired at " + crl.getNextUpdate().toInstant() + ": fetch the one after it");
    }
  }

  private static boolean isBy(X509CRL crl, X509Certificate ca) {
    boolean[] usage = ca.getKeyUsage();
    if (!crl.getIssuerX500Principal().equals(ca.getSubjectX500Principal())
        || (usage != null && !usage[CRL_SIGN])) {
      return false;
    }
    try {
      crl.verify(ca.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
