package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.io.IOException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Bodies that are no request, and requests that ask for what they may not. */
final class BadRequests {

  private static final String ECDSA = "SHA256withECDSA";

  private final Map<String, Sending> rows;
  private final BadInputStage stage;

  private BadRequests(Map<String, Sending> rows, BadInputStage stage) {
    this.rows = rows;
    this.stage = stage;
  }

  static void add(Map<String, Sending> rows, BadInputStage stage) throws IOException {
    BadRequests bad = new BadRequests(rows, stage);
    bad.bodies();
    bad.signatures();
    bad.names();
    bad.renewals();
  }

  private void body(String what, byte[] body) {
    rows.put(what, () -> stage.enroll(stage.bootstrap, body));
  }

  private void bodies() {
    byte[] request = stage.request;
    body("garbage", "?!".getBytes(US_ASCII));
    body("65,536 zeros", new byte[64 * 1024]);
    body("base64 of something else", "aGVsbG8gd29ybGQ=".getBytes(US_ASCII));
    body("a request cut short", Arrays.copyOf(request, request.length - 1));
    body("a byte after the request", Arrays.copyOf(request, request.length + 1));
    byte[] two = Arrays.copyOf(request, 2 * request.length);
    System.arraycopy(request, 0, two, request.length, request.length);
    body("two requests, DER", two);
    body(
        "two requests, PEM",
        Pem.encode("CERTIFICATE REQUEST", request).repeat(2).getBytes(US_ASCII));
    body("a certificate", Pem.encode(stage.bootstrap.chain()).getBytes(US_ASCII));
    body("a request labelled as a key", Pem.encode("PRIVATE KEY", request).getBytes(US_ASCII));
    body(
        "PEM that is not base64",
        "-----BEGIN CERTIFICATE REQUEST-----\n!!\n-----END CERTIFICATE REQUEST-----\n"
            .getBytes(US_ASCII));
    body("BER of indefinite length", indefinite(request));
  }

  /** The same request, its outer SEQUENCE ended by two zeros. */
  private static byte[] indefinite(byte[] der) {
    int content = 2 + Math.max(0, (der[1] & 0xff) - 0x80);
    byte[] ber = new byte[der.length - content + 4];
    ber[0] = 0x30;
    ber[1] = (byte) 0x80;
    System.arraycopy(der, content, ber, 2, der.length - content);
    return ber;
  }

  private void signatures() {
    SubjectPublicKeyInfo other = SubjectPublicKeyInfo.getInstance(
        CertificateRequest.newKeyPair().getPublic().getEncoded());
    body(
        "a request signed by another key",
        Requests.signed(stage.keys, ECDSA, other, new X500Name("CN=d-1"), new DERSet()));
    byte[] damaged = stage.request.clone();
    damaged[damaged.length - 1] ^= 1;
    body("a bit of the signature flipped", damaged);
    body("signed with SHA-1", Requests.signed(stage.keys, "SHA1withECDSA", "CN=d-1"));
  }

  private void names() throws IOException {
    body("the subject of another device", BadInputStage.request("d-2"));
    body("more in the subject than the device", signed("CN=d-1,O=x"));
    body("two CNs in one RDN", signed("CN=d-1+CN=d-1"));
    body("a wildcard in the subject", BadInputStage.request("#"));
    body("a NUL in the subject", BadInputStage.request("d-1\0"));
    body("a line break in the subject", BadInputStage.request("d-1\r\nX-Injected: yes"));
    body("a subject of 10,000 RDNs", subject(cn("x"), 10_000));
    body("a subject of 5,000 RDNs", subject(cn("x"), 5_000));
    body("a subject of 10,000 empty RDNs", subject(RDN.getInstance(new DERSet()), 10_000));
    DERSequence numberForType =
        new DERSequence(new ASN1Encodable[] {new ASN1Integer(1), new DERUTF8String("d-1")});
    byte[] unreadable = subject(RDN.getInstance(new DERSet(numberForType)), 1);
    body("a subject whose parts cannot be read", unreadable);
    rows.put(
        "the same to `serverkeygen`, of a device that may",
        () -> stage
            .running
            .device(stage.signed("k-1").build().credential())
            .post("/.well-known/est/keys/serverkeygen", BadInputStage.PKCS10, unreadable));
    altName(
        "another device's SPIFFE ID",
        new GeneralName(
            GeneralName.uniformResourceIdentifier,
            "spiffe://mintmark.local/fleet/sensors/device/d-2"));
    altName("a wildcard in a DNS name", new GeneralName(GeneralName.dNSName, "*.example.org"));
    altName("a NUL in a DNS name", new GeneralName(GeneralName.dNSName, "d-1\0.example.org"));
    Extension san = extension(new GeneralName(GeneralName.dNSName, "d-1.example.org"));
    body("an extension twice", requesting(new DERSequence(new ASN1Encodable[] {san, san})));
    body(
        "two lists of extensions",
        Requests.signed(
            stage.keys,
            ECDSA,
            "CN=d-1",
            attribute(new DERSequence(san)),
            attribute(new DERSequence(san))));
    body(
        "the key of the bootstrap certificate",
        CertificateRequest.create(
            new KeyPair(stage.bootstrap.certificate().getPublicKey(), stage.bootstrap.key()),
            "d-1"));
  }

  private byte[] signed(String subject) {
    return Requests.signed(stage.keys, ECDSA, subject);
  }

  private static RDN cn(String value) {
    return new X500Name("CN=" + value).getRDNs(BCStyle.CN)[0];
  }

  private byte[] subject(RDN rdn, int times) {
    RDN[] all = new RDN[times];
    Arrays.fill(all, rdn);
    SubjectPublicKeyInfo key =
        SubjectPublicKeyInfo.getInstance(stage.keys.getPublic().getEncoded());
    return Requests.signed(stage.keys, ECDSA, key, new X500Name(all), new DERSet());
  }

  private void altName(String what, GeneralName name) throws IOException {
    body(what, requesting(new DERSequence(extension(name))));
  }

  private static Extension extension(GeneralName name) throws IOException {
    return Extension.create(Extension.subjectAlternativeName, false, new GeneralNames(name));
  }

  private byte[] requesting(DERSequence extensions) {
    return Requests.signed(stage.keys, ECDSA, "CN=d-1", attribute(extensions));
  }

  private static Attribute attribute(DERSequence extensions) {
    return new Attribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(extensions));
  }

  private void renewals() {
    Credential current = stage.current;
    renewal(
        "renewal with the same key",
        CertificateRequest.renew(
            new KeyPair(current.certificate().getPublicKey(), current.key()),
            current.certificate()));
    renewal("renewal without the names", BadInputStage.request("d-2"));
    renewal("renewal under another subject", BadInputStage.request("d-1"));
  }

  private void renewal(String what, byte[] body) {
    rows.put(what, () -> stage.renew(stage.current, body));
  }
}
