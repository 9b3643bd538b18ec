package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** An installation's certificates: operational root and issuer, servers, and a factory beside. */
final class TestPki {

  static final FleetId FLEET = new FleetId("sensors");
  static final TrustDomain DOMAIN = new TrustDomain("example.org");

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

  List<X509Certificate> anchors() {
    return List.of(root.certificate());
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
