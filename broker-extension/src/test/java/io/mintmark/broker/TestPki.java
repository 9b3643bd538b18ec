package io.mintmark.broker;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** An installation's certificates: root, issuing CA, and what they issue. */
final class TestPki {

  static final String TRUST_DOMAIN = "example.org";

  final HeldCertificate root =
      HeldCertificate.builder().commonName("root").authority(1).build();
  final HeldCertificate issuing = HeldCertificate.builder()
      .commonName("issuing")
      .authority(0)
      .signedBy(root)
      .build();

  /** Another root with an issuing CA below it: what the installation moves to. */
  final HeldCertificate nextRoot =
      HeldCertificate.builder().commonName("next root").authority(1).build();

  final HeldCertificate nextIssuing = HeldCertificate.builder()
      .commonName("next issuing")
      .authority(0)
      .signedBy(nextRoot)
      .build();

  static String deviceId(String fleet, String device) {
    return "spiffe://" + TRUST_DOMAIN + "/fleet/" + fleet + "/device/" + device;
  }

  static String applicationId(String name) {
    return "spiffe://" + TRUST_DOMAIN + "/app/" + name;
  }

  List<X509Certificate> anchors() {
    return List.of(root.certificate());
  }

  /** Those of now and of later on. */
  List<X509Certificate> roots() {
    return List.of(root.certificate(), nextRoot.certificate());
  }

  HeldCertificate.Builder client(String spiffeId) {
    return HeldCertificate.builder()
        .commonName(spiffeId.substring(spiffeId.lastIndexOf('/') + 1))
        .uri(spiffeId)
        .purposes(KeyPurposeId.id_kp_clientAuth)
        .signedBy(issuing);
  }

  HeldCertificate device(String fleet, String device) {
    return client(deviceId(fleet, device)).build();
  }

  HeldCertificate application(String name) {
    return client(applicationId(name)).build();
  }

  HeldCertificate.Builder server(String spiffeId) {
    return client(spiffeId)
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .dns("localhost")
        .ip("127.0.0.1");
  }

  static String brokerId(String name) {
    return "spiffe://" + TRUST_DOMAIN + "/broker/" + name;
  }

  HeldCertificate broker(String name) {
    return server(brokerId(name)).build();
  }

  /** The same broker's next certificate. */
  HeldCertificate renewed(String name, PublicKey key, HeldCertificate issuer) {
    return server(brokerId(name)).keys(new KeyPair(key, null)).signedBy(issuer).build();
  }

  HeldCertificate service() {
    return service(issuing);
  }

  HeldCertificate service(HeldCertificate issuer) {
    return HeldCertificate.builder()
        .commonName("service")
        .dns("localhost")
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .signedBy(issuer)
        .build();
  }

  /** A device of the issuing CA to come. */
  HeldCertificate nextDevice(String fleet, String device) {
    return client(deviceId(fleet, device)).signedBy(nextIssuing).build();
  }
}
