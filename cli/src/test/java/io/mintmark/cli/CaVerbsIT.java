package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs around the CAs. */
@Timeout(300)
class CaVerbsIT {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}");

  @TempDir
  Path folder;

  private Path data;
  private ProvisioningService service;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    service = ProvisioningService.start(new ProvisioningConfig(
        data,
        null,
        null,
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC()));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private Launcher.Result ca(String... arguments) {
    List<String> all = new ArrayList<>(List.of("ca"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    return Verbs.mintmark(all.toArray(new String[0]));
  }

  private static Launcher.Result expect(Launcher.Result result, int exitCode, String... words) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    assertThat(result.all()).contains(words);
    return result;
  }

  private static String id(Launcher.Result result) {
    Matcher m = ID.matcher(result.out());
    assertThat(m.find()).as(result.all()).isTrue();
    return m.group();
  }

  private String openssl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    for (String argument : arguments) {
      command.add(argument.replace("@", folder + "/"));
    }
    Launcher.Result result = Launcher.run(Map.of(), command);
    assertThat(result.exitCode()).as(result.all()).isZero();
    return result.out();
  }

  @Test
  void aBrokerIsShutOutByForceOnly() throws Exception {
    Matcher listed =
        Pattern.compile("(\\p{XDigit}{40}) +issuing +active").matcher(ca("list").out());
    assertThat(listed.find()).isTrue();
    String before = listed.group(1);
    service.certifyBroker(
        "b1", CertificateRequest.create(CertificateRequest.newKeyPair(), "b1"), List.of("h"));
    String issuing = id(expect(ca("prepare", "issuing"), 0, "is prepared"));
    expect(ca("activate", issuing), 0, "is active");
    expect(ca("revoke", before), 1, "shut out 1 brokers", "\n  b1\n", "--force");
    assertThat(ca("show", before).out()).contains("state: retired").doesNotContain("reason: c");
    expect(ca("revoke", before, "--force"), 0, "is revoked");
    expect(ca("show", before), 0, "state: revoked", "reason: cACompromise");
  }

  @Test
  void aRootThatIsOffline() throws Exception {
    expect(ca("list"), 0, "root", "issuing", "active", "here");
    Path safe = folder.resolve("safe.p12");
    Files.move(data.resolve("ca/root.p12"), safe);
    expect(ca("list"), 0, "away");
    expect(ca("prepare", "issuing"), 1, "--root-key FILE");

    String[] rootKey = {"--root-key", safe.toString()};
    String issuing = id(
        expect(ca("prepare", "issuing", rootKey[0], rootKey[1]), 0, "issuing CA", "is prepared"));
    expect(ca("show", issuing), 0, "state: prepared", "liveCertificates: 0", "BEGIN CERTIFICATE");
    String root =
        id(expect(ca("prepare", "root", rootKey[0], rootKey[1]), 0, "root CA", "is prepared"));
    assertThat(expect(ca("show", root), 0, root).out().split("BEGIN CERTIFICATE", -1))
        .hasSize(4);

    Path wrong = Files.writeString(folder.resolve("wrong"), "wrong\n");
    expect(
        ca(
            "prepare",
            "issuing",
            rootKey[0],
            rootKey[1],
            "--root-passphrase-file",
            wrong.toString()),
        2,
        "wrong passphrase for " + safe);
    expect(ca("prepare", "issuing", rootKey[0], folder.resolve("no.p12").toString()), 2, "no.p12");
    expect(ca("show", "00"), 1, "there is no CA '00' here");
    expect(ca("crl"), 2, "name its file with --root-key");
    expect(ca("crl", rootKey[0], rootKey[1]), 0, "CRL of root CA", "lists 0 revoked CAs");
  }

  @Test
  void handsOverOnceTheDevicesHoldTheNewRoot() throws Exception {
    List<X509Certificate> oldRoot = service.trustAnchors();
    String oldRootId = id(expect(ca("list"), 0, "root"));
    Credential device = enroll("d-1");
    EstClient est = est(device, oldRoot);
    assertThat(est.reportBundle(oldRoot)).isTrue();

    String root = id(expect(ca("prepare", "root"), 0, "is prepared"));
    expect(ca("activate", root), 1, "0 of 1 devices hold it, 99% must", "  d-1", "--force");
    List<X509Certificate> both = roots(est);
    assertThat(both).hasSize(2);
    assertThat(est.reportBundle(oldRoot)).isFalse();
    assertThat(est.reportBundle(both)).isTrue();
    expect(ca("show", root), 0, "reach: 1 of 1 devices hold it");
    expect(ca("activate", root), 0, "root CA " + root + " is active");
    String issuing = id(expect(ca("prepare", "issuing"), 0, "is prepared"));
    expect(ca("activate", issuing), 0, "issuing CA " + issuing + " is active");

    // The service shows a chain that ends in either root.
    List<X509Certificate> newRoot =
        both.stream().filter(c -> !oldRoot.contains(c)).toList();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> !est(device, newRoot).caCertificates().isEmpty());
    Credential renewed = renew(device, oldRoot);
    assertThat(renewed.chain().get(0).getIssuerX500Principal())
        .isEqualTo(renewed.chain().get(1).getSubjectX500Principal())
        .isNotEqualTo(device.certificate().getIssuerX500Principal());
    expect(ca("retire", oldRootId), 1, "are still good", "--force");
    expect(ca("retire", oldRootId, "--force"), 0, "is retired");
    assertThat(roots(est(renewed, newRoot))).isEqualTo(newRoot);
    assertThat(Pem.certificates(Files.readString(data.resolve("trust.pem")))).isEqualTo(newRoot);
    assertThat(renew(renewed, newRoot)).isNotNull();
    expect(ca("revoke", issuing), 1, "activate another issuing CA first");
    expect(ca("revoke", oldRootId, "--reason", "keyCompromise"), 1, "use one of cACompromise");
    expect(ca("revoke", oldRootId, "--reason", "superseded"), 0, "is revoked");
    expect(ca("revoke", oldRootId), 1, "is revoked already");
    expect(ca("show", oldRootId), 0, "state: revoked", "reason: superseded");
  }

  @Test
  void devicesWithoutJavaFollow() throws Exception {
    ForeignPrograms.require("curl", "openssl");
    String oldRootId = id(expect(ca("list"), 0, "root"));
    List<X509Certificate> oldRoot = service.trustAnchors();
    Path builtIn =
        Files.writeString(folder.resolve("built-in.pem"), Pem.encode(service.trustAnchors()));
    HeldCertificate factory =
        HeldCertificate.builder().commonName("factory").authority(1).build();
    ship(factory, "d-1", "d-2");
    String[] renew = {"--renew", "--out", folder.resolve("d-1").toString()};
    enrollSh(enrolling("d-1", factory, builtIn));
    assertThat(caPem("d-1")).isEqualTo(oldRoot);

    String root = id(expect(ca("prepare", "root"), 0, "is prepared"));
    expect(ca("activate", root), 1, "0 of 1 devices hold it", "  d-1");
    enrollSh(renew);
    assertThat(caPem("d-1")).hasSize(2);
    expect(ca("activate", root), 0, "is active");
    String issuing = id(expect(ca("prepare", "issuing"), 0, "is prepared"));
    expect(ca("activate", issuing), 0, "is active");
    assertThat(est(factory.credential(), oldRoot).caCertificates()).hasSize(6);
    enrollSh(renew);
    List<X509Certificate> chain = Credential.fromPem(
            Files.readString(folder.resolve("d-1/credential.pem")))
        .chain();
    assertThat(chain).as("the way to the root alone").hasSize(2);
    chain.get(0).verify(chain.get(1).getPublicKey());

    // The certificate in use until now ends once the one after it has been seen.
    expect(ca("retire", oldRootId), 1, "are still good", "/device/d-1");
    enrollSh(renew);
    expect(ca("retire", oldRootId), 0, "is retired");
    enrollSh(renew);
    List<X509Certificate> newRoot = service.trustAnchors();
    assertThat(caPem("d-1")).isEqualTo(newRoot).doesNotContainAnyElementsOf(oldRoot);
    // Another that knows only the root it was built with.
    enrollSh(enrolling("d-2", factory, builtIn));
    assertThat(caPem("d-2")).isEqualTo(newRoot);
    expect(ca("show", root), 0, "reach: 2 of 2 devices hold it");
  }

  private String[] enrolling(String device, HeldCertificate factory, Path trust) throws Exception {
    Path shown = Files.writeString(
        folder.resolve(device + "-bootstrap.pem"),
        HeldCertificate.builder()
            .commonName(device)
            .signedBy(factory)
            .build()
            .credential()
            .toPem());
    return new String[] {
      "--cert", shown.toString(),
      "--trust", trust.toString(),
      "--out", folder.resolve(device).toString()
    };
  }

  private void enrollSh(String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        "sh",
        Launcher.ROOT.resolve("provisioning/factory/enroll.sh").toString(),
        "--url",
        service.deviceUri().toString(),
        "--fleet",
        "pumps"));
    command.addAll(List.of(arguments));
    Launcher.Result result = Launcher.run(Map.of(), command);
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.err()).isEmpty();
  }

  private List<X509Certificate> caPem(String device) throws Exception {
    return Pem.certificates(Files.readString(folder.resolve(device + "/ca.pem")));
  }

  private HeldCertificate bootstrap(String device) throws Exception {
    HeldCertificate factory =
        HeldCertificate.builder().commonName("factory").authority(1).build();
    ship(factory, device);
    return HeldCertificate.builder().commonName(device).signedBy(factory).build();
  }

  private void ship(HeldCertificate factory, String... devices) throws Exception {
    Files.writeString(folder.resolve("factory-ca.pem"), factory.certificatePem());
    Path yaml = Files.writeString(
        folder.resolve("fleet.yaml"), "fleet: pumps\nfactory-cas: [factory-ca.pem]\n");
    Path csv = Files.writeString(
        folder.resolve("manifest.csv"), "device\n" + String.join("\n", devices) + "\n");
    verb("fleet", "apply", "-f", yaml.toString());
    verb("manifest", "import", "--fleet", "pumps", csv.toString());
  }

  private Credential enroll(String device) throws Exception {
    HeldCertificate bootstrap = bootstrap(device);
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = est(bootstrap.credential(), service.trustAnchors());
    return new Credential(
        keys.getPrivate(),
        est.chain(keys.getPublic(), est.simpleEnroll(CertificateRequest.create(keys, device))));
  }

  private Credential renew(Credential current, List<X509Certificate> trust) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = est(current, trust);
    return new Credential(
        keys.getPrivate(),
        est.chain(
            keys.getPublic(),
            est.simpleReenroll(CertificateRequest.renew(keys, current.certificate()))));
  }

  private EstClient est(Credential shown, List<X509Certificate> trust) {
    return new EstClient(
        EstClient.label(service.deviceUri(), new FleetId("pumps")), shown.tlsContext(trust));
  }

  private void verb(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    expect(Verbs.mintmark(all.toArray(new String[0])), 0, "");
  }

  /** What of /cacerts is self-signed. */
  private static List<X509Certificate> roots(EstClient est) throws Exception {
    return est.caCertificates().stream()
        .filter(c -> c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
        .toList();
  }

  @Test
  void aRootOfSomebodyElseTwoLevelsUp() throws Exception {
    ForeignPrograms.require("openssl");
    corporateCa();
    Launcher.Result csr = expect(ca("csr"), 0, "BEGIN CERTIFICATE REQUEST");
    Files.writeString(folder.resolve("issuing.csr"), csr.out());
    assertThat(openssl("req", "-in", "@issuing.csr", "-noout", "-verify", "-text"))
        .contains("CA:TRUE, pathlen:0", "URI:spiffe://mintmark.local");

    sign("issuing.csr", "leaf.pem", "basicConstraints=critical,CA:false\n", "100");
    expect(install("leaf.pem"), 1, "lack CA=true");
    String usage = "keyUsage=critical,keyCertSign,cRLSign\n";
    String ca = "basicConstraints=critical,CA:true,pathlen:0\n" + usage;
    sign("issuing.csr", "long.pem", ca, "4000");
    expect(install("long.pem"), 1, "outlives its issuer");
    sign("other.csr", "other.pem", ca, "100");
    expect(install("other.pem"), 1, "was not made here");
    sign("issuing.csr", "issuing.pem", ca, "100");
    expect(
        ca("install", folder.resolve("issuing.pem").toString()), 1, "give the certificates up to");
    String id = id(expect(install("issuing.pem"), 0, "issuing CA", "is prepared"));
    expect(install("issuing.pem"), 1, "has its certificate already");
    expect(ca("show", id), 0, "state: prepared", "key: here");
    expect(ca("list"), 0, "foreign", "Corporate root");
    expect(ca("install", folder.resolve("none.pem").toString()), 1, "none.pem");
    openssl("verify", "-CAfile", "@trust.pem", "-untrusted", "@between.pem", "@issuing.pem");
  }

  private void corporateCa() throws Exception {
    Files.writeString(
        folder.resolve("ca.ext"),
        "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n");
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "@root.key",
        "-out",
        "@root.pem",
        "-subj",
        "/CN=Corporate root",
        "-days",
        "3650",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "@between.key",
        "-out",
        "@between.csr",
        "-subj",
        "/CN=Corporate devices");
    openssl(
        "x509",
        "-req",
        "-in",
        "@between.csr",
        "-CA",
        "@root.pem",
        "-CAkey",
        "@root.key",
        "-out",
        "@between.pem",
        "-days",
        "1000",
        "-extfile",
        "@ca.ext",
        "-set_serial",
        "2");
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "@other.key",
        "-out",
        "@other.csr",
        "-subj",
        "/CN=other");
    Files.writeString(folder.resolve("trust.pem"), Files.readString(folder.resolve("root.pem")));
    Files.writeString(
        folder.resolve("chain.pem"),
        Files.readString(folder.resolve("between.pem"))
            + Files.readString(folder.resolve("root.pem")));
  }

  private void sign(String request, String out, String extensions, String days) throws Exception {
    Files.writeString(folder.resolve("issuing.ext"), extensions);
    openssl(
        "x509",
        "-req",
        "-in",
        "@" + request,
        "-CA",
        "@between.pem",
        "-CAkey",
        "@between.key",
        "-out",
        "@" + out,
        "-days",
        days,
        "-extfile",
        "@issuing.ext",
        "-set_serial",
        "3");
  }

  private Launcher.Result install(String certificate) {
    return ca(
        "install",
        folder.resolve(certificate).toString(),
        "--chain",
        folder.resolve("chain.pem").toString());
  }
}
