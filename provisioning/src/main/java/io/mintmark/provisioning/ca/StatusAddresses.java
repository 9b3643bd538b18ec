package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Where the world finds what we say of certificates, as certificates tell it. Immutable.
 *
 * @param base absolute, of scheme http, without a slash at its end
 */
public record StatusAddresses(URI base) {

  /**
   * Reads the base as an operator writes it.
   *
   * @throws IllegalArgumentException if it is not the absolute http URL of a host
   */
  public static StatusAddresses parse(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      // Whoever fetches over TLS would have to know already what is asked for here (RFC 5280,
      // section 8).
      if ("http".equals(url.getScheme())
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && url.toASCIIString().equals(url.toString())) {
        return new StatusAddresses(url);
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'"
        + Printable.of(text)
        + "' is not the address of CRLs and OCSP: use one such as http://pki.example.org:8480");
  }

  /** Below the base, where the CRL of an issuer is. */
  public static String crlPath(String issuer) {
    return "/crl/" + issuer + ".crl";
  }

  /** Below the base, where the certificate of an issuer is. */
  public static String certificatePath(String issuer) {
    return "/ca/" + issuer + ".cer";
  }

  /** Below the base, where OCSP is answered. */
  public static final String OCSP_PATH = "/ocsp";

  /** cRLDistributionPoints (RFC 5280, section 4.2.1.13). */
  CRLDistPoint distributionPoints(String issuer) {
    DistributionPointName name = new DistributionPointName(new GeneralNames(uri(crlPath(issuer))));
    return new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(name, null, null)});
  }

  /** authorityInfoAccess (RFC 5280, section 4.2.2.1). */
  AuthorityInformationAccess informationAccess(String issuer) {
    return new AuthorityInformationAccess(new AccessDescription[] {
      new AccessDescription(AccessDescription.id_ad_ocsp, uri(OCSP_PATH)),
      new AccessDescription(AccessDescription.id_ad_caIssuers, uri(certificatePath(issuer)))
    });
  }

  /** The same of what a root signed: OCSP is not answered for roots. */
  AuthorityInformationAccess certificateAccess(String root) {
    return new AuthorityInformationAccess(
        AccessDescription.id_ad_caIssuers, uri(certificatePath(root)));
  }

  private GeneralName uri(String path) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, base + path);
  }
}
