package io.mintmark.simulators;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * A manufacturer's CA, which signs the bootstrap certificates of one fleet's devices. Thread-safe.
 *
 * @param root self-signed; what the fleet trusts
 * @param issuer signs the devices: the root itself or an intermediate under it
 */
record FactoryAuthority(Credential root, Credential issuer) {

  /** "No well-defined expiration" (RFC 5280, section 4.1.2.5; IEEE 802.1AR, section 8.7). */
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  static FactoryAuthority create(FleetId fleet, boolean intermediate, Instant now) {
    KeyPair keys = CertificateRequest.newKeyPair();
    X500Name name = subject(fleet, "factory CA");
    X509Certificate certificate = new CertificateDraft(
            name, keys.getPublic(), intermediate ? 1 : 0, null, now, NEVER)
        .sign(name, keys);
    Credential root = new Credential(keys.getPrivate(), List.of(certificate));
    if (!intermediate) {
      return new FactoryAuthority(root, root);
    }
    KeyPair line = CertificateRequest.newKeyPair();
    X509Certificate below = new CertificateDraft(
            subject(fleet, "factory line CA"), line.getPublic(), 0, null, now, NEVER)
        .sign(name, keys);
    return new FactoryAuthority(root, new Credential(line.getPrivate(), List.of(below)));
  }

  /** The root's name, by which the factory of a fleet is known again. */
  static X500Principal name(FleetId fleet) {
    try {
      return new X500Principal(subject(fleet, "factory CA").getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a name of three attributes always encodes", e);
    }
  }

  private static X500Name subject(FleetId fleet, String what) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Mintmark simulated factory")
        .addRDN(BCStyle.OU, fleet.value())
        .addRDN(BCStyle.CN, fleet + " " + what)
        .build();
  }

  /** A bootstrap credential (IEEE 802.1AR IDevID): the device's id as serialNumber and CN. */
  Credential issue(DeviceId device, Instant now) {
    KeyPair keys = CertificateRequest.newKeyPair();
    X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.SERIALNUMBER, device.value())
        .addRDN(BCStyle.CN, device.value())
        .build();
    X509Certificate signer = issuer.certificate();
    X509Certificate leaf = new CertificateDraft(
            subject, keys.getPublic(), CertificateDraft.LEAF, null, now, NEVER)
        .sign(
            X500Name.getInstance(signer.getSubjectX500Principal().getEncoded()),
            new KeyPair(signer.getPublicKey(), issuer.key()));
    return new Credential(
        keys.getPrivate(),
        signer.equals(root.certificate()) ? List.of(leaf) : List.of(leaf, signer));
  }
}
