package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Printable;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;

/** Where a bootstrap certificate says which device it belongs to. */
public enum DeviceIdSource implements Worded {
  /**
   * IEEE 802.1AR, section 8.6 has the device's serial number in the subject's serialNumber
   * attribute; many factories have only a CN. Never both by turns: the attribute decides if there.
   */
  SUBJECT("one serialNumber attribute or one CN") {
    @Override
    String text(X509Certificate leaf) {
      X500Name subject = DeviceIdSource.subject(leaf);
      boolean attribute = subject.getRDNs(BCStyle.SERIALNUMBER).length > 0;
      return only(subject, attribute ? BCStyle.SERIALNUMBER : BCStyle.CN);
    }
  },
  /** The subject's serialNumber attribute. */
  SERIAL_NUMBER("one serialNumber attribute") {
    @Override
    String text(X509Certificate leaf) {
      return only(DeviceIdSource.subject(leaf), BCStyle.SERIALNUMBER);
    }
  },
  /** The subject's common name. */
  COMMON_NAME("one CN") {
    @Override
    String text(X509Certificate leaf) {
      return only(DeviceIdSource.subject(leaf), BCStyle.CN);
    }
  },
  /** The one DNS name of the subjectAltName. */
  SAN_DNS("one DNS name in its subjectAltName") {
    @Override
    String text(X509Certificate leaf) {
      return only(leaf, GeneralName.dNSName);
    }
  },
  /** What follows the last slash or colon of the one URI of the subjectAltName. */
  SAN_URI("one URI in its subjectAltName") {
    @Override
    String text(X509Certificate leaf) {
      String uri = only(leaf, GeneralName.uniformResourceIdentifier);
      return uri == null
          ? null
          : uri.substring(Math.max(uri.lastIndexOf('/'), uri.lastIndexOf(':')) + 1);
    }
  };

  private final String needed;

  DeviceIdSource(String needed) {
    this.needed = needed;
  }

  /** What stands at the place; null unless exactly one value does. */
  abstract String text(X509Certificate leaf);

  /**
   * The device a certificate belongs to.
   *
   * @throws Refusal FORBIDDEN if the certificate names none, several, or one that is no device id
   */
  DeviceId of(X509Certificate leaf) throws Refusal {
    String id = text(leaf);
    if (id == null) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "the bootstrap certificate '"
              + Printable.of(subject(leaf).toString())
              + "' does not name one device: "
              + needed
              + " is needed");
    }
    if (!DeviceId.isValid(id)) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "the bootstrap certificate names device '"
              + Printable.of(id)
              + "', which is no device id: 1 to 64 of A-Z a-z 0-9 . _ - are needed");
    }
    return new DeviceId(id);
  }

  /** The one common name of a subject; null if there is none, or more. */
  static String commonName(X500Name subject) {
    return only(subject, BCStyle.CN);
  }

  private static X500Name subject(X509Certificate leaf) {
    return X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
  }

  private static String only(X500Name subject, ASN1ObjectIdentifier type) {
    RDN[] values = subject.getRDNs(type);
    return values.length == 1 && !values[0].isMultiValued()
        ? IETFUtils.valueToString(values[0].getFirst().getValue())
        : null;
  }

  private static String only(X509Certificate leaf, int type) {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      List<String> found = names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(type))
              .map(name -> (String) name.get(1))
              .toList();
      return found.size() == 1 ? found.get(0) : null;
    } catch (CertificateParsingException e) {
      return null;
    }
  }
}
