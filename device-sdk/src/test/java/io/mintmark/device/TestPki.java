package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;

/** An installation's certificates: operational root and issuer, servers, and a factory beside. */
final class TestPki {

  static final FleetId FLEET = new FleetId("sensors");
  static final TrustDomain DOMAIN = new TrustDomain("example.org");

  /** RFC 5280, section 4.2.1.1: a keyIdentifier of one octet. Renewal information goes by it. */
  private static final byte[] AUTHORITY_KEY_IDENTIFIER = {0x30, 3, (byte) 0x80, 1, 7};

  final HeldCertificate root =
      HeldCertificate.builder().commonName("root").authority(1).build();
  final HeldCertificate issuing = HeldCertificate.builder()
      .commonName("issuing")
      .authority(0)
      .signedBy(root)
      .build();
  final HeldCertificate server = HeldCertificate.builder()
      .commonName("server")
      .dns("localhost")
      .signedBy(issuing)
      .build();
  final HeldCertificate factory =
      HeldCertificate.builder().commonName("factory").authority(0).build();

  /** The root after this one, what leads to it and back, and a server below it. */
  final class NextRoot {
    final HeldCertificate root =
        HeldCertificate.builder().commonName("next root").authority(1).build();
    final HeldCertificate newWithOld = cross("next root", root, TestPki.this.root);
    final HeldCertificate oldWithNew = cross("root", TestPki.this.root, root);
    final HeldCertificate server = HeldCertificate.builder()
        .commonName("server")
        .dns("localhost")
        .signedBy(root)
        .build();

    private static HeldCertificate cross(String name, HeldCertificate of, HeldCertificate by) {
      return HeldCertificate.builder()
          .commonName(name)
          .keys(of.keys())
          .authority(Integer.MAX_VALUE)
          .signedBy(by)
          .build();
    }

    /** What the service says of its CAs while both roots are trusted. */
    List<X509Certificate> both() {
      return List.of(
          TestPki.this.root.certificate(),
          root.certificate(),
          oldWithNew.certificate(),
          newWithOld.certificate(),
          issuing.certificate());
    }

    /** And when the first is gone. */
    List<X509Certificate> alone() {
      return List.of(root.certificate(), issuing.certificate());
    }

    /** A server that those who trust only the first root follow, too. */
    Credential serverForBoth() {
      return new Credential(
          server.keys().getPrivate(), List.of(server.certificate(), newWithOld.certificate()));
    }
  }

  List<X509Certificate> anchors() {
    return List.of(root.certificate());
  }

  /** Stored in the folder, unless that has some. */
  static DeviceTrust trust(DeviceFolder folder, List<X509Certificate> anchors) {
    try {
      return DeviceTrust.open(folder, anchors, Set.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Credential bootstrap(String device) {
    return HeldCertificate.builder()
        .serialNumberAttribute(device)
        .commonName(device)
        .signedBy(factory)
        .build()
        .credential();
  }

  /** An operational certificate for a device's key, as the service issues it. */
  HeldCertificate operational(String device, PublicKey key, Instant from, Instant to) {
    return operational(device, new KeyPair(key, null), from, to);
  }

  HeldCertificate operational(String device, KeyPair keys, Instant from, Instant to) {
    return HeldCertificate.builder()
        .commonName(device)
        .uri(new Identity.Device(DOMAIN, FLEET, new DeviceId(device)).spiffeId())
        .keys(keys)
        .validity(from, to)
        .extension(Extension.authorityKeyIdentifier, false, AUTHORITY_KEY_IDENTIFIER)
        .signedBy(issuing)
        .build();
  }

  Credential application(String name) {
    return HeldCertificate.builder()
        .commonName(name)
        .uri(new Identity.Application(DOMAIN, name).spiffeId())
        .signedBy(issuing)
        .build()
        .credential();
  }
}
