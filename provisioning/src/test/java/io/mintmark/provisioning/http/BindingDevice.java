package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/**
 * A device that enrols, or renews, with requests tied to connections.
 *
 * @param fleet its label
 * @param shown what it shows in TLS
 * @param keys what it wants certified
 * @param subject of its requests
 * @param subjectAltName of its requests; null when it enrols
 */
record BindingDevice(
    RunningService running,
    String fleet,
    Credential shown,
    KeyPair keys,
    X500Name subject,
    Extension subjectAltName) {

  /** One that has its bootstrap certificate. */
  static BindingDevice enrolling(RunningService running, String fleet, String id) {
    return new BindingDevice(
        running,
        fleet,
        running.bootstrap(id).credential(),
        CertificateRequest.newKeyPair(),
        new X500Name("CN=" + id),
        null);
  }

  /** The same device once it is enrolled, with the next key. */
  BindingDevice renewing() throws Exception {
    try (TellingClient client = connect("TLSv1.3")) {
      byte[] request = request(challenge(client.binding("tls-exporter")));
      X509Certificate issued = Enrolments.certificate(ask(client, request));
      JcaX509CertificateHolder names = new JcaX509CertificateHolder(issued);
      return new BindingDevice(
          running,
          fleet,
          new Credential(keys.getPrivate(), List.of(issued)),
          CertificateRequest.newKeyPair(),
          names.getSubject(),
          names.getExtension(Extension.subjectAlternativeName));
    }
  }

  TellingClient connect(String protocol) throws Exception {
    return new TellingClient(running.service().deviceUri().getPort(), shown, protocol);
  }

  byte[] request(Attribute... linking) {
    List<ASN1Encodable> attributes = new ArrayList<>(List.of(linking));
    if (subjectAltName != null) {
      attributes.add(new Attribute(
          PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
          new DERSet(new Extensions(subjectAltName))));
    }
    return Requests.signed(
        keys,
        "SHA256withECDSA",
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
        subject,
        new DERSet(attributes.toArray(new ASN1Encodable[0])));
  }

  RawHttps.Answer ask(TellingClient client, byte[] request) throws Exception {
    return client.post(
        "/.well-known/est/"
            + fleet
            + (subjectAltName == null ? "/simpleenroll" : "/simplereenroll"),
        request);
  }

  static Attribute challenge(byte[] binding) {
    return text(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, base64(binding));
  }

  static Attribute text(ASN1ObjectIdentifier type, String text) {
    return new Attribute(type, new DERSet(new DERUTF8String(text)));
  }

  static String base64(byte[] bytes) {
    return new String(Base64.getEncoder().encode(bytes), US_ASCII);
  }
}
