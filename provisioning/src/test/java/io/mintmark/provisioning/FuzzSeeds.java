package io.mintmark.provisioning;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Good inputs for the fuzzer to begin with, one or more for each way through the reader. */
final class FuzzSeeds {

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private FuzzSeeds() {}

  static List<byte[]> signingRequests() {
    List<byte[]> seeds = new ArrayList<>();
    for (String type : List.of("ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519")) {
      seeds.add(CertificateRequest.create(TestKeys.of(type), "d-1"));
    }
    KeyPair keys = CertificateRequest.newKeyPair();
    HeldCertificate current = HeldCertificate.builder()
        .commonName("d-1")
        .uri("spiffe://example.org/fleet/sensors/device/d-1")
        .build();
    byte[] renewal = CertificateRequest.renew(keys, current.certificate());
    seeds.add(renewal);
    seeds.add(Base64.getEncoder().encode(renewal));
    seeds.add(Base64.getMimeEncoder().encode(renewal));
    seeds.add(Pem.encode("CERTIFICATE REQUEST", renewal).getBytes(US_ASCII));
    return seeds;
  }

  static List<byte[]> requestedNames() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    byte[] nothing = {(byte) 0xa0, 0};
    byte[] names = new DERTaggedObject(false, 0, new DERSet(extensionRequest())).getEncoded();
    for (String subject : List.of("", "CN=d-1", "CN=d-1,O=x", "CN=a+CN=b", "SERIALNUMBER=d-1")) {
      seeds.add(RequestedNamesFuzz.input(new X500Name(subject).getEncoded(), nothing));
      seeds.add(RequestedNamesFuzz.input(new X500Name(subject).getEncoded(), names));
    }
    return seeds;
  }

  private static Attribute extensionRequest() throws IOException {
    GeneralNames names = new GeneralNames(new GeneralName[] {
      new GeneralName(
          GeneralName.uniformResourceIdentifier, "spiffe://example.org/fleet/sensors/device/d-1"),
      new GeneralName(GeneralName.dNSName, "d-1.example.org"),
      new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
      new GeneralName(new X500Name("CN=d-1"))
    });
    return new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        new DERSet(new DERSequence(new ASN1Encodable[] {
          Extension.create(Extension.subjectAlternativeName, false, names),
          Extension.create(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        })));
  }

  static List<byte[]> manifests() {
    String pin = "ab".repeat(32);
    return Stream.of(
            "device,pin\nd-1,\nd-2,spki-sha256:" + pin + "\nd-3,cert-sha256:" + pin + "\n",
            "\uFEFFdevice,site,note\r\nd-1,Oslo,\"a, \"\"b\"\"\r\nc\"\r\n\r\nd-2,,\r\n",
            "device\nd-1\nd-1\n+\n",
            "device,device\n",
            "pin\n")
        .map(csv -> csv.getBytes(UTF_8))
        .toList();
  }

  /** The fleets the documentation shows, with a certificate for each file they name. */
  static List<byte[]> fleets() throws IOException {
    HeldCertificate ca = HeldCertificate.builder().authority(1).build();
    String inline = '"' + ca.certificatePem().replace("\n", "\\n") + '"';
    List<byte[]> seeds = new ArrayList<>();
    for (String section : List.of("Modes", "Factory certificates", "Certificate profile")) {
      Matcher blocks = YAML.matcher(DocumentSection.of(Path.of("..", "docs", "est.md"), section));
      while (blocks.find()) {
        seeds.add(blocks
            .group(1)
            .replaceAll("[a-z-]+ca\\.pem", Matcher.quoteReplacement(inline))
            .getBytes(UTF_8));
      }
    }
    return seeds;
  }
}
