package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.ca.Revocation;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * What a factory gave a device (IEEE 802.1AR IDevID), after it was validated against the CAs of one
 * fleet.
 *
 * @param certificate it
 * @param device the device it names
 */
record BootstrapCertificate(X509Certificate certificate, DeviceId device) {

  /**
   * Validates a presented chain.
   *
   * @throws Refusal FORBIDDEN naming the rule that is broken
   */
  static BootstrapCertificate of(List<X509Certificate> peerChain, Fleet fleet, Instant now)
      throws Refusal {
    if (peerChain.isEmpty()) {
      throw forbidden(
          "no client certificate was shown: enrol with the device's bootstrap certificate");
    }
    X509Certificate leaf = peerChain.get(0);
    String fault = Chains.clientFault(leaf);
    if (fault == null) {
      fault = keyFault(leaf);
    }
    if (fault == null) {
      Chains.Outcome outcome = Chains.validate(peerChain, fleet.factoryCas(), now);
      fault = outcome.fault();
      if (fault == null && !fleet.factoryCrls().isEmpty()) {
        requireCurrentCrl(outcome.path(), fleet, now);
        fault = Revocation.fault(outcome.path(), fleet.factoryCrls(), now);
      }
    }
    if (fault != null) {
      throw forbidden("the bootstrap certificate '"
          + Printable.of(leaf.getSubjectX500Principal().getName())
          + "' "
          + fault
          + " (fleet '"
          + fleet.id()
          + "')");
    }
    return new BootstrapCertificate(leaf, device(leaf));
  }

  /** Who can work out a weak key could enrol in the device's place. */
  private static String keyFault(X509Certificate leaf) {
    try {
      KeyPolicy.check(leaf.getPublicKey());
      return null;
    } catch (Refusal e) {
      return "has a key that is not accepted: " + e.getMessage();
    }
  }

  /** Refused for now: the device has done nothing wrong, and a newer CRL may clear it. */
  private static void requireCurrentCrl(List<X509Certificate> path, Fleet fleet, Instant now)
      throws Refusal {
    Optional<Instant> stale = Revocation.staleSince(path, fleet.factoryCrls(), now);
    if (stale.isPresent()) {
      throw new Refusal(
          Refusal.Kind.LATER,
          "the factory CRL of fleet '"
              + fleet.id()
              + "' expired at "
              + stale.get()
              + ": an operator has to apply the one after it");
    }
  }

  /** How the audit log calls it. */
  String actor() {
    try {
      return "bootstrap:" + Pem.fingerprint(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }

  /**
   * IEEE 802.1AR, section 8.6 has the device's serial number in the subject's serialNumber
   * attribute; many factories have only a CN. Never both by turns: the attribute decides if there.
   */
  private static DeviceId device(X509Certificate leaf) throws Refusal {
    X500Name subject = X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
    ASN1ObjectIdentifier type =
        subject.getRDNs(BCStyle.SERIALNUMBER).length > 0 ? BCStyle.SERIALNUMBER : BCStyle.CN;
    RDN[] values = subject.getRDNs(type);
    if (values.length != 1 || values[0].isMultiValued()) {
      throw forbidden("the bootstrap certificate '"
          + Printable.of(subject.toString())
          + "' does not name one device: one serialNumber attribute or one CN is needed");
    }
    String id = IETFUtils.valueToString(values[0].getFirst().getValue());
    if (!DeviceId.isValid(id)) {
      throw forbidden("the bootstrap certificate names device '"
          + Printable.of(id)
          + "', which is no device id: 1 to 64 of A-Z a-z 0-9 . _ - are needed");
    }
    return new DeviceId(id);
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
