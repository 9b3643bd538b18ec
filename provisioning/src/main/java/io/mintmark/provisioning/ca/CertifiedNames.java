package io.mintmark.provisioning.ca;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.IPAddress;

/**
 * The names a certificate will carry, all decided by us. Immutable.
 *
 * @param commonName the one attribute of the subject
 * @param spiffeId the one URI SAN, or null
 * @param hosts DNS names and IP addresses, lower-case, sorted, each once
 */
public record CertifiedNames(String commonName, String spiffeId, List<String> hosts) {

  private static final Pattern DNS_NAME = Pattern.compile(
      "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*");
  private static final Pattern LOOKS_LIKE_IPV4 = Pattern.compile("[0-9.]+");

  private static final Integer DNS_SAN = GeneralName.dNSName;
  private static final Integer IP_SAN = GeneralName.iPAddress;

  /**
   * Brings the hosts into order.
   *
   * @throws IllegalArgumentException if a host is neither a DNS name nor an IP address
   */
  public CertifiedNames {
    TreeSet<String> sorted = new TreeSet<>();
    for (String host : hosts) {
      sorted.add(checked(host.toLowerCase(Locale.ROOT)));
    }
    hosts = List.copyOf(sorted);
  }

  /** The names of an identity that is no server. */
  public static CertifiedNames of(Identity identity) {
    return new CertifiedNames(identity.name(), identity.spiffeId(), List.of());
  }

  /** The names of an identity that is reached at these hosts. */
  public static CertifiedNames of(Identity identity, Collection<String> hosts) {
    return new CertifiedNames(identity.name(), identity.spiffeId(), List.copyOf(hosts));
  }

  /** The hosts a certificate names. */
  public static List<String> hosts(X509Certificate certificate) {
    List<String> hosts = new ArrayList<>();
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (DNS_SAN.equals(name.get(0)) || IP_SAN.equals(name.get(0))) {
          hosts.add((String) name.get(1));
        }
      }
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException("the certificate's subjectAltName is not readable", e);
    }
    return hosts;
  }

  /** The subject: the common name alone. */
  public X500Name subject() {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  /** The subjectAltName: the SPIFFE ID first, then the hosts. */
  public GeneralNames subjectAltName() {
    List<GeneralName> names = new ArrayList<>();
    if (spiffeId != null) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId));
    }
    for (String host : hosts) {
      names.add(new GeneralName(
          IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return new GeneralNames(names.toArray(new GeneralName[0]));
  }

  /** Whether the certificate has exactly these alternative names, in this order. */
  public boolean areThoseOf(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
    return extension != null
        && GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets())
            .equals(subjectAltName());
  }

  private static String checked(String host) {
    if (IPAddress.isValid(host)) {
      return canonicalAddress(host);
    }
    boolean dns =
        DNS_NAME.matcher(host).matches() && !LOOKS_LIKE_IPV4.matcher(host).matches();
    if (!dns) {
      throw new IllegalArgumentException("host '"
          + Printable.of(host)
          + "' is not valid: use a DNS name such as broker.example.org, or an IP address");
    }
    return host;
  }

  /** One address, one text: 0:0:0:0:0:0:0:1 and ::1 are the same. */
  private static String canonicalAddress(String literal) {
    try {
      // A literal is not looked up.
      return InetAddress.getByName(literal).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("'" + literal + "' is not an IP address", e);
    }
  }
}
