package io.mintmark.provisioning.http;

import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.TestKeys;
import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Clients with a certificate that opens nothing, or not this. */
final class BadCertificates {

  private static final Duration DAY = Duration.ofDays(1);

  private final Map<String, Sending> rows;
  private final BadInputStage stage;

  private BadCertificates(Map<String, Sending> rows, BadInputStage stage) {
    this.rows = rows;
    this.stage = stage;
  }

  static void add(Map<String, Sending> rows, BadInputStage stage) throws IOException {
    BadCertificates bad = new BadCertificates(rows, stage);
    bad.issuers();
    bad.certificates();
    bad.chains();
    bad.names();
  }

  private void shows(String what, Credential credential) {
    rows.put(what, () -> stage.enroll(credential, stage.request));
  }

  private void shows(String what, HeldCertificate.Builder certificate) {
    shows(what, certificate.build().credential());
  }

  private void issuers() {
    shows("no client certificate", (Credential) null);
    rows.put("no client certificate, renewing", () -> stage.renew(null, stage.request));
    shows("a self-signed certificate", HeldCertificate.builder().commonName("d-1"));
    shows(
        "a certificate of a foreign CA",
        HeldCertificate.builder()
            .commonName("d-1")
            .signedBy(
                HeldCertificate.builder().commonName("another").authority(1).build()));
    shows(
        "a certificate of a foreign CA that has the factory's name",
        HeldCertificate.builder()
            .commonName("d-1")
            .signedBy(
                HeldCertificate.builder().commonName("factory").authority(1).build()));
    shows("an operational certificate, to enrol", stage.current);
    rows.put(
        "a bootstrap certificate, to renew",
        () -> stage.renew(stage.bootstrap, BadInputStage.request("d-1")));
  }

  private void certificates() throws IOException {
    Instant now = Instant.now();
    shows(
        "an expired certificate",
        stage.signed("d-1").validity(now.minus(DAY), now.minusSeconds(60)));
    shows(
        "a certificate that is not valid yet",
        stage.signed("d-1").validity(now.plus(DAY), now.plus(DAY).plus(DAY)));
    shows("a CA's certificate (`CA=true`)", stage.signed("d-1").authority(0));
    shows(
        "a certificate for TLS servers only",
        stage.signed("d-1").purposes(KeyPurposeId.id_kp_serverAuth));
    shows(
        "a certificate for encryption only",
        stage
            .signed("d-1")
            .extension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment).getEncoded()));
    shows(
        "a certificate with a critical extension nobody knows",
        stage.signed("d-1").extension(new ASN1ObjectIdentifier("1.2.3.4"), true, (byte) 5, (byte)
            0));
    shows(
        "an RSA key of 1,024 bits in the certificate",
        stage.signed("d-1").keys(TestKeys.of("rsa-1024")));
  }

  private void chains() {
    HeldCertificate upper = HeldCertificate.builder()
        .commonName("upper")
        .authority(1)
        .signedBy(stage.running.factory)
        .build();
    HeldCertificate lower = HeldCertificate.builder()
        .commonName("lower")
        .authority(0)
        .signedBy(upper)
        .build();
    HeldCertificate device =
        HeldCertificate.builder().commonName("d-1").signedBy(lower).build();
    X509Certificate leaf = device.certificate();
    chain(
        "a chain in the wrong order",
        device,
        List.of(leaf, upper.certificate(), lower.certificate()));
    chain("a chain with a gap", device, List.of(leaf, upper.certificate()));
    HeldCertificate line = HeldCertificate.builder()
        .commonName("line")
        .authority(0)
        .signedBy(stage.running.factory)
        .build();
    HeldCertificate below = HeldCertificate.builder()
        .commonName("below")
        .authority(0)
        .signedBy(line)
        .build();
    HeldCertificate tooDeep =
        HeldCertificate.builder().commonName("d-1").signedBy(below).build();
    shows("a chain longer than its CA allows", tooDeep.credential());
    List<X509Certificate> many = new ArrayList<>(List.of(leaf));
    many.addAll(Collections.nCopies(8, lower.certificate()));
    chain("a chain of nine", device, many);
    HeldCertificate direct = stage.signed("d-1").build();
    chain(
        "the same certificate twice", direct, List.of(direct.certificate(), direct.certificate()));
  }

  private void chain(String what, HeldCertificate device, List<X509Certificate> chain) {
    shows(what, new Credential(device.keys().getPrivate(), chain));
  }

  private void names() {
    shows("a name with a wildcard", stage.signed("+"));
    shows("a name with a NUL", stage.signed("d-1\0"));
    shows("a name with slashes", stage.signed("d-1/../d-2"));
    shows("a name with a space", stage.signed("a device"));
    shows("two names", stage.signed("d-1").commonName("d-2"));
    Credential unreadable = stage
        .signed("d-1")
        .extension(Extension.subjectAlternativeName, false, (byte) 0x30, (byte) 5, (byte) 1)
        .build()
        .credential();
    rows.put(
        "a subjectAltName that cannot be read, where the device id should be in it",
        () -> stage.running.enroll("tags", unreadable, stage.request));
  }
}
