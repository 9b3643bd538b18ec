package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import io.mintmark.provisioning.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Whatever a request asks for: the certificate has what the fleet's profile and the device's
 * bootstrap certificate say and nothing else, or there is a {@link Refusal}. Never another exception.
 */
class OddRequestsTest {

  private static final FleetId SENSORS = new FleetId("sensors");
  private static final TrustDomain DOMAIN = new TrustDomain("example.org");
  private static final int DEVICES = 40;
  private static final List<KeyPair> KEYS = Stream.of(
          "ec-p256", "ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519")
      .map(TestKeys::of)
      .toList();

  private static final HeldCertificate FACTORY =
      HeldCertificate.builder().commonName("factory").authority(0).build();
  private static final List<HeldCertificate> BOOTSTRAPS = IntStream.range(0, DEVICES)
      .mapToObj(
          i -> HeldCertificate.builder().commonName("d-" + i).signedBy(FACTORY).build())
      .toList();
  private static final AtomicInteger ISSUED = new AtomicInteger();
  private static final AtomicInteger REFUSED = new AtomicInteger();

  private static Path folder;
  private static Provisioning core;

  @BeforeContainer
  static void open() throws Exception {
    folder = Files.createTempDirectory("odd-requests");
    core = Provisioning.open(new ProvisioningConfig(
        folder,
        DOMAIN,
        null,
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC()));
    core.fleets()
        .apply(
            "fleet: sensors\nfactory-cas:\n  - |\n"
                + FACTORY.certificatePem().indent(4)
                + "certificate:\n"
                + "  key-types: [ec-p256, ec-p384, rsa-2048, ed25519]\n"
                + "  extended-key-usage: [client-auth, server-auth]\n"
                + "  dns-names: [\"${device}.sensors.example.org\"]\n",
            "operator");
    StringBuilder manifest = new StringBuilder("device\n");
    IntStream.range(0, DEVICES).forEach(i -> manifest.append("d-").append(i).append('\n'));
    core.manifests().load(SENSORS, manifest.toString(), "operator");
  }

  @AfterContainer
  static void close() throws IOException {
    core.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    // Else the property would hold for no reason.
    assertThat(ISSUED.get()).isGreaterThan(100);
    assertThat(REFUSED.get()).isGreaterThan(100);
  }

  /** What one request asks for. */
  record Wish(int device, int key, X500Name subject, List<Extension> extensions, int asked) {

    byte[] der() {
      KeyPair keys = KEYS.get(key);
      try {
        PKCS10CertificationRequestBuilder builder =
            new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic());
        for (int i = 0; i < asked && !extensions.isEmpty(); i++) {
          builder.addAttribute(
              PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
              new Extensions(extensions.toArray(new Extension[0])));
        }
        PKCS10CertificationRequest request = builder.build(
            new JcaContentSignerBuilder(algorithm(keys.getPublic())).build(keys.getPrivate()));
        return request.getEncoded();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private static String algorithm(PublicKey key) {
      return switch (key.getAlgorithm()) {
        case "EC" -> "SHA256withECDSA";
        case "RSA" -> "SHA256withRSA";
        default -> "Ed25519";
      };
    }
  }

  @Provide
  Arbitrary<Wish> wishes() {
    Arbitrary<Integer> devices = Arbitraries.integers().between(0, DEVICES - 1);
    return devices.flatMap(device -> Combinators.combine(
            keys(),
            subjects("d-" + device),
            extension("d-" + device).list().ofMaxSize(4).map(OddRequestsTest::eachOnce),
            Arbitraries.frequency(Tuple.of(2, 0), Tuple.of(7, 1), Tuple.of(1, 2)))
        .as((key, subject, extensions, asked) ->
            new Wish(device, key, subject, extensions, asked)));
  }

  /** By its number. Seldom one of those that Java takes ten times as long to sign with. */
  private static Arbitrary<Integer> keys() {
    return Arbitraries.frequency(
        Tuple.of(4, 0),
        Tuple.of(4, 1),
        Tuple.of(1, 2),
        Tuple.of(1, 3),
        Tuple.of(1, 4),
        Tuple.of(1, 5));
  }

  /** Twice the same is what the encoder here would not write; the decoder's tests have it. */
  private static List<Extension> eachOnce(List<Extension> all) {
    List<Extension> once = new ArrayList<>();
    for (Extension e : all) {
      if (once.stream().noneMatch(o -> o.getExtnId().equals(e.getExtnId()))) {
        once.add(e);
      }
    }
    return once;
  }

  private static Arbitrary<X500Name> subjects(String device) {
    Arbitrary<X500Name> right =
        Arbitraries.of(new X500Name(new RDN[0]), new X500Name("CN=" + device));
    Arbitrary<ASN1ObjectIdentifier> types = Arbitraries.of(
        BCStyle.CN, BCStyle.O, BCStyle.SERIALNUMBER, BCStyle.EmailAddress, BCStyle.DC, BCStyle.UID);
    Arbitrary<X500Name> odd = Combinators.combine(types, text(device))
        .as((type, value) -> new RDN(
            type, type.equals(BCStyle.DC) ? new DERIA5String("x") : new DERUTF8String(value)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(rdns -> new X500Name(rdns.toArray(new RDN[0])));
    return Arbitraries.frequencyOf(Tuple.of(3, right), Tuple.of(1, odd));
  }

  private static Arbitrary<String> text(String device) {
    return Arbitraries.oneOf(
        Arbitraries.of(device, device.toUpperCase(Locale.ROOT), "d-0", "", "*", "a\0b", "é"),
        Arbitraries.strings().ofMaxLength(80));
  }

  private static Arbitrary<Extension> extension(String device) {
    Arbitrary<Extension> names = Arbitraries.oneOf(
            ours(device), Arbitraries.oneOf(ours(device), theirs(device)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(all -> extension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(all.toArray(new GeneralName[0]))));
    Arbitrary<Extension> usage = Arbitraries.integers()
        .between(1, 0xff)
        .map(bits -> extension(Extension.keyUsage, true, new KeyUsage(bits)));
    Arbitrary<Extension> authority = Arbitraries.integers()
        .between(0, 9)
        .map(length -> extension(Extension.basicConstraints, true, new BasicConstraints(length)));
    Arbitrary<Extension> purposes = Arbitraries.of(
            KeyPurposeId.anyExtendedKeyUsage,
            KeyPurposeId.id_kp_OCSPSigning,
            KeyPurposeId.id_kp_serverAuth,
            KeyPurposeId.id_kp_codeSigning)
        .set()
        .ofMinSize(1)
        .map(all -> extension(
            Extension.extendedKeyUsage,
            true,
            new ExtendedKeyUsage(all.toArray(new KeyPurposeId[0]))));
    Arbitrary<Extension> anything = Combinators.combine(
            Arbitraries.of("2.5.29.30", "2.5.29.32", "2.5.29.14", "2.5.29.35", "1.2.3.4"),
            Arbitraries.of(true, false),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40))
        .as((id, critical, value) ->
            new Extension(new ASN1ObjectIdentifier(id), critical, new DEROctetString(value)));
    return Arbitraries.oneOf(names, usage, authority, purposes, anything);
  }

  private static Arbitrary<GeneralName> ours(String device) {
    return Arbitraries.of(
        new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId(device)),
        new GeneralName(GeneralName.dNSName, device + ".sensors.example.org"));
  }

  private static Arbitrary<GeneralName> theirs(String device) {
    return Arbitraries.of(
        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/broker/b"),
        new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId(device) + "/x"),
        new GeneralName(GeneralName.dNSName, "*." + device + ".sensors.example.org"),
        new GeneralName(GeneralName.dNSName, "broker.example.org"),
        new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
        new GeneralName(GeneralName.rfc822Name, device + "@example.org"),
        new GeneralName(GeneralName.registeredID, "1.2.3"),
        new GeneralName(new X500Name("CN=" + device)),
        new GeneralName(GeneralName.otherName, new DERSequence(new ASN1Encodable[] {
          new ASN1ObjectIdentifier("1.2.3"), new DERTaggedObject(true, 0, new DERUTF8String("x"))
        })));
  }

  private static Extension extension(
      ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return new Extension(id, critical, value.toASN1Primitive().getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String spiffeId(String device) {
    return new Identity.Device(DOMAIN, SENSORS, new DeviceId(device)).spiffeId();
  }

  @Property(tries = 2000, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void whatIsIssuedIsWhatTheProfileSays(@ForAll("wishes") Wish wish) throws Exception {
    HeldCertificate bootstrap = BOOTSTRAPS.get(wish.device());
    X509Certificate certificate;
    try {
      SigningRequest request = SigningRequestDecoder.decode(wish.der());
      certificate = core.enroller().enroll(SENSORS, bootstrap.chain(), request);
      ISSUED.incrementAndGet();
    } catch (Refusal e) {
      assertThat(e.getMessage()).matches("[\\x20-\\x7e]+");
      REFUSED.incrementAndGet();
      return;
    }
    String device = "d-" + wish.device();
    assertThat(certificate.getSubjectX500Principal().getEncoded())
        .isEqualTo(new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.CN, device)
            .build()
            .getEncoded());
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(6, spiffeId(device)), List.of(2, device + ".sensors.example.org"));
    assertThat(certificate.getPublicKey()).isEqualTo(KEYS.get(wish.key()).getPublic());
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.15"));
    assertThat(certificate.getNonCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.14", "2.5.29.17", "2.5.29.35", "2.5.29.37"));
    certificate.verify(core.authority().issuing().getPublicKey());
  }
}
